// Recovery codes are copied or printed by one button each; without scripts the page still shows them.

const codes = [...document.querySelectorAll("[data-codes] code")].map((code) => code.textContent?.trim() ?? "");
const copy = document.querySelector("[data-copy]");
const print = document.querySelector("[data-print]");
const news = document.querySelector("[data-news]");

if (copy instanceof HTMLButtonElement && navigator.clipboard !== undefined) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(codes.join("\n")).then(() => true, () => false);
    if (news !== null) news.textContent = (done ? copy.dataset.copied : copy.dataset.notCopied) ?? "";
  });
}

if (print instanceof HTMLButtonElement) {
  print.hidden = false;
  print.addEventListener("click", () => {
    globalThis.print();
  });
}

export {};
