// What is wrong with the layout of the charts within an element, a sentence each.
(root) => {
    const SLACK = 2; // pixels
    const faults = [];
    const box = (element) => element.getBoundingClientRect();
    const within = (inner, outer) => inner.left >= outer.left - SLACK && inner.right <= outer.right + SLACK;
    const meet = (a, b) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK + 1;

    for (const svg of root.querySelectorAll("svg.marks")) {
        const shown = [...svg.querySelectorAll("text")].filter(
            (text) => text.textContent.trim() && text.checkVisibility({ opacityProperty: true })
        );
        const words = (text) => [...text.childNodes].map((line) => line.textContent).join(" ");
        const title = [...svg.querySelectorAll(".role-title-text text")].map(words).join().trim();
        const say = (fault) => faults.push(`chart "${title}": ${fault}`);
        if (!title) say("it has no title");
        for (let place = svg.parentElement; place && !place.matches(".jp-Notebook"); place = place.parentElement)
            if (!within(box(svg), box(place))) {
                const by = Math.round(box(svg).right - box(place).right);
                say(`it is ${by} px wider than its place, ${place.className}`);
                break;
            }

        // A text of several lines has a tspan for each.
        const lines = shown.flatMap((text) => {
            const spans = [...text.querySelectorAll("tspan")];
            return (spans.length ? spans : [text]).map((line) => ({ text, words: line.textContent, box: box(line) }));
        });
        lines.forEach((line, i) => {
            const edge = box(svg);
            if (!within(line.box, edge) || line.box.top < edge.top - SLACK || line.box.bottom > edge.bottom + SLACK)
                say(`"${line.words}" leaves the picture`);
            if (line.words.endsWith("…")) say(`"${line.words}" is cut`);
            for (const other of lines.slice(i + 1))
                if (line.text !== other.text && meet(line.box, other.box))
                    say(`"${line.words}" and "${other.words}" overlap`);
        });
    }
    return faults;
}
