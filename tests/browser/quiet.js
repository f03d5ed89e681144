// `quiet()` resolves when nothing is under way on the page any more: JupyterLab, started with its application
// in `window.jupyterapp`, knows what its kernel has not answered, and each chart's view what it has not drawn.
(patience) => {
    if (window.quiet) return;
    const { content, sessionContext } = jupyterapp.shell.currentWidget;
    const unanswered = new Map();
    let answered = () => {};
    sessionContext.session.kernel.anyMessage.connect((_, { direction, msg }) => {
        if (direction === "send" && msg.channel === "shell") unanswered.set(msg.header.msg_id, msg.header.msg_type);
    });
    // This signal comes after the page has dealt with the message, and with all before it.
    sessionContext.session.kernel.iopubMessage.connect((_, { header, parent_header, content }) => {
        if (header.msg_type !== "status" || content.execution_state !== "idle") return;
        unanswered.delete(parent_header.msg_id);
        answered();
    });

    const charts = (widget) =>
        widget.hasClass("jp-RenderedVegaCommon5") ? [widget] : [...widget.children()].flatMap(charts);
    // As wide as traceblock.charts.theme makes a chart in this place.
    const room = (place) => Math.min(place.clientWidth - 8, 1100);
    const isDrawn = ({ node, _result }) => {
        const place = _result?.view.container(); // a view that has been replaced has none on the page
        return place && node.contains(place) && _result.view.signal("container") === room(place);
    };
    // JupyterLab gives its parts their width a moment after the window has got another.
    const isLaidOut = () => document.querySelector("#jp-main-content-panel").offsetWidth === innerWidth;
    let frames = 0;
    const frame = () => new Promise(requestAnimationFrame).then(() => (frames += 1));
    const rest = async (isOver) => {
        while (!isOver()) {
            if (unanswered.size) await new Promise((resolve) => (answered = resolve));
            const before = charts(content);
            if (isLaidOut() && before.every(isDrawn)) {
                await Promise.all(before.map((chart) => chart._result.view.runAsync()));
                if (!unanswered.size && charts(content).every(isDrawn)) return;
            }
            await frame();
        }
    };
    const waitedFor = () => {
        const undrawn = charts(content).filter((chart) => !isDrawn(chart));
        const says = undrawn.map(({ node, _result: result }) => {
            const place = result?.view.container();
            const here = place && node.contains(place) ? `${place.clientWidth}` : "not in place";
            return `${result?.view.signal("container")} for ${here}`;
        });
        const laid = isLaidOut() ? "" : "JupyterLab is not as wide as the window, ";
        return `${laid}no answer to [${[...unanswered.values()]}], not drawn for the width of the page: [${says}]; ${frames} frames`;
    };

    window.quiet = () => {
        let over = false;
        const end = new Promise((_, reject) => {
            setTimeout(() => reject(new Error(`after ${patience} ms, ${waitedFor()}`)), patience);
        });
        return Promise.race([rest(() => over), end]).finally(() => (over = true));
    };
}
