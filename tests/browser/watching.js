// What the tests see of an explorer: at once, and frame by frame.
() => {
    if (window.state) return;

    const lines = (root, role) => [...root.querySelectorAll(`[role=${role}]`)].map((line) => line.textContent);
    // The chart, or the error in its place. The numbers of clip paths differ from drawing to drawing.
    window.picture = (root) => {
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
    window.label = (control) => control.ariaLabel ?? control.labels?.[0]?.textContent.trim() ?? control.title;

    // The word that a reader sees as a control's value, and the one that a slider says.
    window.word = (control) => {
        if (control.type === "checkbox") return control.checked ? "yes" : "no";
        if (control.type === "select-one") return control.selectedOptions[0].text;
        return control.value ?? control.closest(".widget-inline-hbox").querySelector(".widget-readout").textContent;
    };
    window.state = (root, selector) => {
        const controls = [...root.querySelectorAll(selector)];
        const sliders = controls.filter((control) => control.role === "slider");
        return {
            words: Object.fromEntries(controls.map((control) => [label(control), word(control)])),
            spoken: Object.fromEntries(sliders.map((slider) => [label(slider), slider.ariaValueText])),
            looks: looks(root),
            sentence: lines(root, "status").join(),
            height: root.getBoundingClientRect().height,
        };
    };

    // Looks at each frame from now on: the number of marks in charts, and the height.
    let frames = [];
    window.record = (root) => {
        const mine = (frames = []);
        const look = () => {
            if (frames !== mine) return;
            const marks = root.querySelectorAll("svg.marks .mark-group.root :is(path, line, text)").length;
            mine.push({ marks, height: root.getBoundingClientRect().height });
            requestAnimationFrame(look);
        };
        look();
    };
    // Resolves to what was seen, three frames at least.
    window.recorded = async () => {
        while (frames.length < 3) await new Promise(requestAnimationFrame);
        const seen = frames;
        frames = [];
        return seen;
    };
}
