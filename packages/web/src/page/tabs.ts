/** Tabs by mouse and by arrow keys; the chosen one is in the address. */
export function wireTabs(): void {
  const tabs = [...document.querySelectorAll<HTMLElement>('[role="tab"]')];
  const choose = (chosen: HTMLElement): void => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel !== null) panel.hidden = tab !== chosen;
    }
    history.replaceState(null, "", `#${chosen.id.replace("tab-", "")}`);
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const steps = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (steps === undefined) return;
      const next = tabs[(index + steps + tabs.length) % tabs.length];
      if (next === undefined) return;
      choose(next);
      next.focus();
    });
  }
  const named = tabs.find(({ id }) => `#${id.replace("tab-", "")}` === location.hash);
  if (named !== undefined) choose(named);
}
