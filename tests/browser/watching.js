// What the tests see of an explorer, frame by frame and change by change.
() => {
    if (window.shown) return;
    const LONG = 1000; // milliseconds after which a picture that is still the same is taken to remain so

    const marks = (root) => root.querySelectorAll("svg.marks .mark-group.root :is(path, line, text)");
    const lines = (root, role) => [...root.querySelectorAll(`[role=${role}]`)].map((line) => line.textContent);
    // The chart, or the error in its place. The numbers of clip paths differ from drawing to drawing.
    const picture = (root) => {
        const chart = root.querySelector("svg.marks");
        return chart ? chart.outerHTML.replaceAll(/clip\d+/g, "clip") : lines(root, "alert").join();
    };
    // The same text for what looks the same: the last digits of a place may differ, and the order of grid lines.
    const looks = (root) =>
        picture(root)
            .replaceAll(/\d+\.\d+/g, (number) => (+number).toFixed(3))
            .split("<")
            .sort()
            .join("<");

    // Picture and sentence as one text.
    window.shown = (root) => looks(root) + lines(root, "status").join();

    window.frames = [];
    window.recording = 0;
    window.record = (root) => {
        const mine = ++window.recording;
        window.frames.length = 0;
        const look = () => {
            if (window.recording !== mine) return;
            window.frames.push({ marks: marks(root).length, height: root.getBoundingClientRect().height });
            requestAnimationFrame(look);
        };
        look();
    };

    // Resolves to the milliseconds from the next key press to another picture, or to when none has come.
    window.change = (root) =>
        new Promise((resolve) => {
            const before = picture(root);
            let pressed;
            const end = () => {
                observer.disconnect();
                resolve(performance.now() - pressed);
            };
            const observer = new MutationObserver(() => {
                const after = picture(root);
                if (pressed && after && after !== before) end();
            });
            observer.observe(root, { childList: true, subtree: true, attributes: true, characterData: true });
            const press = () => {
                pressed = performance.now();
                setTimeout(end, LONG);
            };
            document.addEventListener("keydown", press, { capture: true, once: true });
        });
}
