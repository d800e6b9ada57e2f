// Keeps the bar of a job of the worker up to date, and loads its page anew at the end.
// An element with data-job-progress names the address that tells how far the job is.
document.addEventListener("DOMContentLoaded", () => {
    const EVERY = 1000;
    const SLOWEST = 15000;

    const watch = (part) => {
        const bar = part.querySelector("progress");
        const text = part.querySelector("[data-job-text]");
        const said = part.querySelector("[data-job-said]");
        let wait = EVERY;
        let tenth = -1;

        const show = (job) => {
            text.textContent = job.text;
            bar.max = job.total || 1;
            if (job.state !== "waiting") {
                bar.value = job.done;
            }
            // A screen reader is told every tenth, not every second.
            const reached = Math.floor((10 * job.done) / (job.total || 1));
            if (reached !== tenth) {
                tenth = reached;
                said.textContent = job.text;
            }
        };

        const ask = async () => {
            try {
                const answer = await fetch(part.dataset.jobProgress, {
                    headers: { Accept: "application/json" },
                });
                // Signed out meanwhile, or no right any more: the page itself says so.
                if (answer.redirected || answer.status === 403 || answer.status === 404) {
                    window.location.reload();
                    return;
                }
                const job = await answer.json();
                if (job.is_finished) {
                    window.location.reload();
                    return;
                }
                show(job);
                wait = EVERY;
            } catch {
                // The server is away for a moment: ask less and less often.
                wait = Math.min(2 * wait, SLOWEST);
            }
            window.setTimeout(ask, wait);
        };
        window.setTimeout(ask, EVERY);
    };
    document.querySelectorAll("[data-job-progress]").forEach(watch);
});
