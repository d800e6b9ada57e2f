// A file may be dropped anywhere on the page: beside the box, the browser would leave
// the page and show the file instead.
document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-drop]");
    const input = box?.querySelector("input[type=file]");
    if (!input) {
        return;
    }
    const hasFile = (event) => event.dataTransfer?.types.includes("Files");
    const mark = (isOver) => box.classList.toggle("rr-drop--over", isOver);
    document.addEventListener("dragover", (event) => {
        if (hasFile(event)) {
            event.preventDefault();
            mark(true);
        }
    });
    document.addEventListener("dragleave", (event) => {
        if (!event.relatedTarget) {
            mark(false);
        }
    });
    document.addEventListener("drop", (event) => {
        mark(false);
        if (hasFile(event)) {
            event.preventDefault();
            const one = new DataTransfer();
            one.items.add(event.dataTransfer.files[0]);
            input.files = one.files;
            input.focus();
        }
    });
});
