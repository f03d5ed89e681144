// From now on `took()` resolves, once the page is quiet, to the milliseconds from the next key press to another
// picture; to null if there was none.
(root) => {
    const before = picture(root);
    let pressed, changed;
    const observer = new MutationObserver(() => {
        const after = picture(root);
        if (pressed && after && after !== before) changed ??= performance.now();
    });
    observer.observe(root, { childList: true, subtree: true, attributes: true, characterData: true });
    document.addEventListener("keydown", () => (pressed = performance.now()), { capture: true, once: true });
    window.took = async () => {
        await quiet();
        observer.disconnect();
        return changed ? changed - pressed : null;
    };
}
