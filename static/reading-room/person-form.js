// Shows, in the blank username field of the add page, the name that would be made.
// The server makes it again, and adds a number when somebody has it already.
document.addEventListener("DOMContentLoaded", () => {
    const username = document.getElementById("id_username");
    const names = ["id_first_name", "id_last_name"].map((id) => document.getElementById(id));
    if (!username || username.required || names.includes(null) || !document.getElementById("id_access_0")) {
        return;
    }
    const word = (text) => text
        .normalize("NFKD")
        .replace(/(\p{Script=Latin})\p{M}+/gu, "$1")
        .normalize("NFKC")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}_]+/gu, "-")
        .replace(/^[-_]+|[-_]+$/g, "");
    const show = () => {
        username.placeholder = names.map((name) => word(name.value)).filter(Boolean).join(".");
    };
    names.forEach((name) => name.addEventListener("input", show));
    show();
});
