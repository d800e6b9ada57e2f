// Keeps a list up to date as long as it shows a job that a worker has in hand.
document.addEventListener("DOMContentLoaded", () => {
    const EVERY = 2000;
    const IS_LIVE = "#result_list [data-live]";

    const renew = async () => {
        const list = document.querySelector("#result_list");
        try {
            const answer = await fetch(window.location.href);
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            const renewed = page.querySelector("#result_list");
            // Not while somebody is in it with the keyboard: the focus would be lost.
            if (answer.ok && renewed && !list.contains(document.activeElement)) {
                list.replaceChildren(...renewed.childNodes);
            }
        } catch {
            // The server is away for a moment.
        }
        wait();
    };
    const wait = () => {
        if (document.querySelector(IS_LIVE)) {
            window.setTimeout(renew, EVERY);
        }
    };
    wait();
});
