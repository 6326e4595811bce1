// Makes the pages live. Without it they work by reloading.
//
// - clocks run on between answers of the server;
// - what others do appears: the page is asked for again and only what differs is changed, so that nothing one is typing is lost;
// - what is pressed is sent until it is through, with the same key, so that it counts once.
"use strict";

(() => {
  const main = () => document.getElementById("main");
  const connection = document.getElementById("connection");
  const announce = document.getElementById("announce");

  // --- Time ---------------------------------------------------------------------------------------------------------

  // By how much this phone's clock is ahead of the server's, in milliseconds.
  let ahead = 0;

  const two = (number) => String(number).padStart(2, "0");
  const asClock = (seconds) => `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;

  function adjust() {
    const shown = document.querySelector("[data-now]");
    if (shown) ahead = Date.now() - Date.parse(shown.dataset.now);
  }

  function tick() {
    for (const clock of document.querySelectorAll(".clock[data-until]")) {
      if (clock.hasAttribute("data-stands")) continue;
      const left = Math.round((Date.parse(clock.dataset.until) - (Date.now() - ahead)) / 1000);
      const text = left < 0 ? `+${asClock(-left)}` : asClock(left);
      const time = clock.querySelector(".time");
      if (time.textContent !== text) time.textContent = text;
      clock.classList.toggle("over", left < 0);
      const bar = clock.querySelector("progress");
      if (bar) bar.value = Math.max(left, 0);
    }
  }

  // Dates stand in English sentences, in the way of writing them that the reader has.
  const WRITTEN = /^en\b/.test(navigator.language) ? navigator.language : "en-GB";
  const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  // As long as the server's, so that nothing beside it moves.
  const SHORT = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  const DAY = { day: "numeric", month: "long", year: "numeric" };

  // Dates in the reader's own time; forms say what that is.
  function localise(root) {
    for (const time of root.querySelectorAll("time[data-when]")) {
      const options = { day: DAY, short: SHORT }[time.dataset.when] ?? LONG;
      time.textContent = new Intl.DateTimeFormat(WRITTEN, options).format(new Date(time.dateTime));
    }
    for (const zone of root.querySelectorAll("[data-zone]")) {
      zone.textContent = `(${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
    }
    for (const copy of root.querySelectorAll("[data-copy-from]")) copy.hidden = !navigator.clipboard;
  }

  // --- The page as it is now ------------------------------------------------------------------------------------------

  const touched = (field) =>
    field === document.activeElement ||
    (field.matches("textarea, input:not([type=hidden], [type=radio], [type=checkbox])") && field.value !== field.defaultValue) ||
    (field.matches("input[type=radio], input[type=checkbox]") && field.checked !== field.defaultChecked) ||
    (field.matches("select") && [...field.options].some((option) => option.selected !== option.defaultSelected && option.index > 0));

  // A form someone is filling in stays as it is, its key included.
  const inUse = (element) =>
    element.matches("form") && [...element.elements].some((field) => field.matches("input, select, textarea") && field.type !== "hidden" && touched(field));

  function morph(from, to) {
    if (from.nodeType === Node.TEXT_NODE) {
      if (from.data !== to.data) from.data = to.data;
      return;
    }
    if (from.nodeType !== Node.ELEMENT_NODE || inUse(from)) return;
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name) && !(name === "open" && from.matches("details")) && name !== "aria-busy") from.removeAttribute(name);
    }
    for (const { name, value } of [...to.attributes]) {
      if (from.getAttribute(name) !== value && !(name === "open" && from.matches("details"))) from.setAttribute(name, value);
    }
    if (from.matches("textarea")) return;
    children(from, to);
  }

  const alike = (a, b) =>
    a.nodeType === b.nodeType &&
    a.nodeName === b.nodeName &&
    (a.nodeType !== Node.ELEMENT_NODE || (a.id === b.id && heading(a) === heading(b)));

  // Cards are told apart by what they are about.
  const heading = (element) =>
    element.matches("section, details, form")
      ? (element.querySelector("h2, summary, input[name=type], input[name=command]") ?? {}).textContent ||
        (element.querySelector("input[name=type], input[name=command]") ?? {}).value ||
        ""
      : "";

  function children(from, to) {
    let at = from.firstChild;
    for (const wanted of [...to.childNodes]) {
      let found = at;
      while (found && !alike(found, wanted)) found = found.nextSibling;
      if (found) {
        while (at !== found) {
          const gone = at;
          at = at.nextSibling;
          gone.remove();
        }
        morph(found, wanted);
        at = found.nextSibling;
      } else {
        from.insertBefore(document.importNode(wanted, true), at);
      }
    }
    while (at) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  }

  const here = () => location.pathname + location.search;
  let shown = here();
  let said = main()?.dataset.say ?? "";

  function show(html, address) {
    const next = new DOMParser().parseFromString(html, "text/html");
    const fresh = next.getElementById("main");
    if (!fresh) return;
    localise(fresh);
    const focused = document.activeElement;
    const bar = document.querySelector(".bar");
    const freshBar = next.querySelector(".bar");
    if (bar && freshBar) morph(bar, freshBar);
    morph(main(), fresh);
    document.title = next.title;
    if (address && address !== here()) history.pushState(null, "", address);
    shown = here();
    adjust();
    tick();
    // What had the focus is gone: to the page, not to nowhere.
    if (focused && focused !== document.body && !document.contains(focused)) main().focus({ preventScroll: true });
    const alert = document.querySelector("#alert .alert");
    if (alert) {
      alert.scrollIntoView({ block: "nearest" });
      alert.focus();
    }
    const say = main().dataset.say ?? "";
    if (say && say !== said) announce.textContent = say;
    said = say;
    follow();
  }

  let asking = null;

  async function refresh() {
    if (sending > 0) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: asking.signal });
      if (answer.ok) {
        show(await answer.text());
        connected(true);
      } else if ([401, 403, 404].includes(answer.status)) {
        // Signed out, or no longer in the group: the page says so, and has nothing more to follow.
        location.reload();
      }
    } catch (error) {
      if (error.name !== "AbortError") connected(false);
    }
  }

  // --- Live ------------------------------------------------------------------------------------------------------------

  function connected(is) {
    connection.hidden = is;
  }

  let source = null;
  let followed = null;
  let waiting = null;
  let soon = null;

  const refreshSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(refresh, 60);
  };

  function follow() {
    const cycle = main()?.dataset.cycle;
    if (!cycle || followed === cycle) return;
    source?.close();
    followed = cycle;
    source = new EventSource(`/api/v1/cycles/${encodeURIComponent(cycle)}/events?after=${main().dataset.revision ?? 0}`);
    const heard = (event) => {
      if (Number(event.lastEventId) > Number(main().dataset.revision ?? 0)) refreshSoon();
    };
    source.onmessage = heard;
    source.addEventListener("event", heard);
    source.onopen = () => {
      connected(true);
      // Whatever happened while there was no connection.
      refreshSoon();
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) {
        connected(false); // It tries again by itself.
        return;
      }
      // The server has no stream to give: ask instead, and try again.
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        followed = null;
        await refresh();
        follow();
      }, 2000);
    };
  }

  // --- What is pressed -------------------------------------------------------------------------------------------------

  let sending = 0;
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  // How far the reader's time is behind UTC on the date that was chosen, for every form with a date: its label says whose time it is.
  function zoned(form) {
    for (const zone of form.querySelectorAll("[data-zone-minutes]")) {
      const date = form.querySelector("input[type=datetime-local]");
      zone.value = new Date(date?.value || Date.now()).getTimezoneOffset();
    }
  }

  async function send(form, button) {
    const body = new URLSearchParams(new FormData(form, button ?? undefined));
    const buttons = form.querySelectorAll("button");
    buttons.forEach((one) => one.setAttribute("aria-busy", "true"));
    form.dataset.sending = "";
    sending += 1;
    asking?.abort();
    try {
      for (;;) {
        try {
          const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
          if (answer.status < 500 && answer.status !== 429) {
            connected(true);
            if (answer.ok) form.reset();
            const url = new URL(answer.url);
            delete form.dataset.sending;
            buttons.forEach((one) => one.removeAttribute("aria-busy"));
            document.activeElement?.blur?.();
            show(await answer.text(), answer.ok ? url.pathname + url.search : null);
            return;
          }
        } catch {
          // No connection.
        }
        connected(false);
        await pause(2000);
      }
    } finally {
      sending -= 1;
      delete form.dataset.sending;
      buttons.forEach((one) => one.removeAttribute("aria-busy"));
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    zoned(form);
    if (!form.matches("form[data-send]")) {
      // Pressed twice it is sent once: the second answer to an invitation would be that it was used.
      if ("sent" in form.dataset) event.preventDefault();
      form.dataset.sent = "";
      return;
    }
    event.preventDefault();
    if (!("sending" in form.dataset)) send(form, event.submitter);
  });

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest?.("[data-copy-from]");
    if (!copy) return;
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copyFrom).value);
    announce.textContent = "Copied.";
    copy.textContent = "Copied";
  });

  // Whoever comes back to a page can send its forms again.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  // A place further down the same page is no other page.
  addEventListener("popstate", () => here() === shown || location.reload());
  addEventListener("online", refreshSoon);
  addEventListener("offline", () => connected(false));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && main()?.dataset.cycle) refreshSoon();
  });

  localise(document);
  adjust();
  tick();
  setInterval(tick, 250);
  follow();
  document.querySelector("#alert .alert")?.focus();
})();
