// After a call: the number is read out and copied, and one key begins the next call.

const heading = document.querySelector("[data-taken]");
if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });

const copy = document.querySelector("[data-copy]");
const number = document.querySelector("[data-number]")?.textContent?.trim() ?? "";
if (copy instanceof HTMLButtonElement && navigator.clipboard !== undefined) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(number).catch(() => null);
    const news = document.querySelector("[data-news]");
    if (news !== null) news.textContent = copy.dataset.copied ?? "";
    copy.textContent = copy.dataset.copied ?? "";
  });
}

const next = document.querySelector("[data-next-call]");
addEventListener("keydown", (event) => {
  if (event.code !== "KeyN" || !event.altKey || event.ctrlKey || event.metaKey || !(next instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  location.assign(next.href);
});

export {};
