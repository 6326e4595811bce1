// A server with the sample organisation and a clock that is moved by hand, and a phone for each of its people.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joined } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const SERVER = process.env.PEERCIRCLE_SERVER;
const SHOTS = process.env.PEERCIRCLE_SHOTS;
const CHROMIUM = process.env.PEERCIRCLE_CHROMIUM ?? "/usr/bin/chromium";
assert.ok(SERVER, "PEERCIRCLE_SERVER has to name the program: `cargo xtask browser` does");

export const NARROW = { width: 320, height: 700 };
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 800 };

/** Starts the server; the sample is as it would be at `now`. */
export async function start(now, ...more) {
  const server = await run(["--demo", "--test-clock", now, ...more]);
  const people = await (await fetch(`${server.base}/demo`)).text();
  return {
    ...server,
    /** Somebody's personal link. */
    link(name) {
      const link = people.match(new RegExp(`href="(/in/[^"]+)">${name}<`));
      assert.ok(link, `nobody is called ${name}`);
      return server.base + link[1];
    },
    async clock(at) {
      const answer = await fetch(`${server.base}/test/clock`, { method: "POST", body: at });
      assert.equal(answer.status, 200, await answer.text());
    },
  };
}

/** Starts the server with a folder that is new; `invitation` is what it prints for whoever runs the programme. */
export async function startNew() {
  const folder = await mkdtemp(joined(tmpdir(), "peercircle-"));
  const server = await run(["--data", joined(folder, "data")]);
  const invitation = server.said.match(/http\S+\/in\/\S+/)[0];
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
  return { ...server, invitation, stop };
}

async function run(options) {
  const server = spawn(SERVER, [...options, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let log = "";
  server.stderr.on("data", (data) => (log += data));
  await new Promise((started, failed) => {
    server.stdout.on("data", (data) => {
      said += data;
      if (said.includes("Stop it with Ctrl-C.")) started();
    });
    server.once("exit", (code) => failed(new Error(`the server ended with ${code}: ${log}`)));
  });
  return {
    base: said.match(/peercircle is at (\S+)\//)[1],
    said,
    log: () => log,
    async stop() {
      server.removeAllListeners("exit");
      server.kill("SIGTERM");
      const [code] = await once(server, "exit");
      assert.equal(code, 0, `the server ends calmly: ${log}`);
    },
  };
}

export async function browser() {
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** Somebody with a phone of their own, on their page. Anything a page complains of fails the test that asks `complaints`. */
export async function join(chrome, server, name, options = {}) {
  const one = await phone(chrome, name, options);
  await one.page.goto(server.link(name));
  return { ...one, name, first: name.split(" ")[0] };
}

/** A phone on no page yet. */
export async function phone(chrome, whose, options = {}) {
  const context = await chrome.newContext({ viewport: PHONE, hasTouch: true, locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`${whose}: ${error.message}`));
  page.on("console", (message) => {
    // A refusal is an answer with a status of its own; a connection that is cut is cut on purpose.
    const expected = /status of (403|409|422)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_NETWORK/;
    if (message.type() === "error" && !expected.test(message.text())) complaints.push(`${whose}: ${message.text()}`);
  });
  return {
    page,
    context,
    complaints,
    ...hands(page),
  };
}

/** What one does with a page. */
export const hands = (page) => ({
  press: (label) => page.getByRole("button", { name: label, exact: typeof label === "string" }).first().click(),
  // What asks first takes two taps.
  sure: async (label, yes) => {
    await page.locator("details.sure > summary", { hasText: label }).first().click();
    await page.getByRole("button", { name: yes, exact: true }).click();
  },
  sees: (text) => page.locator("main").getByText(text).first().waitFor(),
  at: (title) => page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor(),
  offers: (label) => page.getByRole("button", { name: label, exact: true }).first().waitFor(),
});

/** A page in both widths: accessible, nothing too wide, and a picture of each where pictures are asked for. */
export async function look(page, name) {
  for (const [width, size] of [["phone", PHONE], ["desk", DESK]]) {
    await page.setViewportSize(size);
    await accessible(page, `${name}, ${width}`);
    if (size === PHONE) await fits(page, `${name}, ${width}`);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize(PHONE);
}

/** Nothing that axe knows, best practices included, headings in their order, and all of it as narrow as phones are. */
export async function sound(page, what) {
  await page.setViewportSize(NARROW);
  for (const folded of [true, false]) {
    const where = folded ? what : `${what}, unfolded`;
    if (!folded) await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    const found = await new AxeBuilder({ page }).analyze();
    const told = found.violations.map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => node.html.slice(0, 160)).join("\n  ")}`);
    assert.deepEqual(told, [], where);
    const { wider, levels } = await page.evaluate(() => ({
      wider: document.documentElement.scrollWidth - window.innerWidth,
      levels: [...document.querySelectorAll("main :is(h1, h2, h3, h4)")].filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1])),
    }));
    assert.ok(wider <= 0, `${where}: ${wider} pixels too wide at ${NARROW.width}`);
    const skipped = levels.findIndex((level, at) => level > (levels[at - 1] ?? 0) + 1);
    assert.equal(skipped, -1, `${where}: a heading of level ${levels[skipped]} after one of ${levels[skipped - 1]}`);
  }
}

/** No finding of WCAG 2.2 A or AA. */
export async function accessible(page, what) {
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const told = found.violations.map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`);
  assert.deepEqual(told, [], what);
}

/** Nothing lies beyond the side of the screen, and whatever is to be pressed is large enough for a thumb. */
export async function fits(page, what) {
  const { wider, small } = await page.evaluate(() => ({
    wider: document.documentElement.scrollWidth - window.innerWidth,
    small: [...document.querySelectorAll("main button, main select, main summary, main input:not([type=hidden], [type=radio], [type=checkbox])")]
      .filter((element) => element.checkVisibility())
      .map((element) => ({ text: element.textContent.trim().slice(0, 40) || element.name, height: element.getBoundingClientRect().height }))
      .filter(({ height }) => height > 0 && height < 44),
  }));
  assert.ok(wider <= 0, `${what}: ${wider} pixels too wide`);
  assert.deepEqual(small, [], `${what}: too small to press`);
}

/** Nothing moves by itself for whoever asked for that, and nothing jumps while the page comes up. */
export async function still(page, what) {
  const { moving, shifted } = await page.evaluate(async () => {
    const shifted = await new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value))).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(sum), 300);
    });
    const lasts = (style) => [style.transitionDuration, style.animationDuration].some((value) => value.split(",").some((one) => parseFloat(one) > 0));
    const moving = [...document.querySelectorAll("*")].filter((element) => lasts(getComputedStyle(element))).map((element) => element.outerHTML.slice(0, 60));
    return { moving, shifted };
  });
  assert.deepEqual(moving, [], `${what}: moves although less motion is wanted`);
  assert.ok(shifted < 0.02, `${what}: moved by ${shifted} while it came up`);
}

/** Everything that can be pressed or filled in is reached by Tab alone, and one sees where one is. */
export async function reachable(page, what) {
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
    const seen = all.filter((element) => element.checkVisibility() && !element.disabled);
    seen.forEach((element, at) => (element.dataset.stop = at));
    document.activeElement?.blur();
    return seen.map((element) => element.outerHTML.slice(0, 80));
  });
  const reached = new Set();
  const unseen = [];
  // A date is several stops in one field; radios of one name are one stop.
  for (let presses = 0; presses < found.length * 4 + 20 && reached.size < found.length; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return { stop: element.dataset.stop, ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, html: element.outerHTML.slice(0, 80) };
    });
    if (at.stop === undefined) continue;
    if (!at.ringed && !reached.has(at.stop)) unseen.push(at.html);
    reached.add(at.stop);
  }
  const missed = found.filter((_, at) => !reached.has(String(at)));
  assert.deepEqual(missed, [], `${what}: not reached by keyboard`);
  assert.deepEqual(unseen, [], `${what}: nothing shows where the focus is`);
}
