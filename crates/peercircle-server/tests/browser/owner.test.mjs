// Whoever runs the programme: from a spreadsheet to a group on its phones, and facts that are no more than facts.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { DESK, PHONE, accessible, browser, fits, join, start } from "./lib.mjs";

const SHOTS = process.env.PEERCIRCLE_SHOTS;
let server, chrome, owner;

before(async () => {
  server = await start("2026-03-02T09:00:00Z");
  chrome = await browser();
  if (SHOTS) await mkdir(SHOTS, { recursive: true });
  owner = await join(chrome, server, "Programme owner", { viewport: DESK });
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

/** Looks at a page in both widths. */
async function look(name) {
  await accessible(owner.page, name);
  if (SHOTS) await owner.page.screenshot({ path: `${SHOTS}/owner-${name}-desk.png`, fullPage: true });
  await owner.page.setViewportSize(PHONE);
  await accessible(owner.page, `${name} on a phone`);
  await fits(owner.page, `${name} on a phone`);
  if (SHOTS) await owner.page.screenshot({ path: `${SHOTS}/owner-${name}-phone.png`, fullPage: true });
  await owner.page.setViewportSize(DESK);
}

test("the programme at a glance, and nothing under five people", async () => {
  await owner.at("Programme");
  await look("programme");
  const quarry = owner.page.locator("#groups tr", { hasText: "Quarry" });
  await quarry.getByText("under five people").waitFor();
  await owner.page.locator("select[name=stage]").selectOption("practising");
  await owner.press("Show");
  await owner.page.locator("#groups tr", { hasText: "Orchard" }).waitFor();
  assert.equal(await owner.page.locator("#groups tr", { hasText: "Harbour" }).count(), 0);
});

test("a roster with mistakes: all of them at once, and nothing is lost", async () => {
  await owner.page.getByRole("link", { name: "New groups", exact: true }).click();
  await look("new-groups");
  const roster = "Name;Level;Department;Group\r\nAnton;lead;sales;North\r\nBirgit;lead;;North\r\nCarlos;chief;finance;North\r\nDilek;lead;sales;North\r\n";
  await owner.page.getByLabel("The roster").fill(roster);
  await owner.press("Look at it");
  await owner.page.getByRole("heading", { name: /to mend$/ }).waitFor();
  const lines = await owner.page.locator("section.warn tbody tr td:first-child").allTextContents();
  assert.deepEqual([...new Set(lines)], ["3", "4", "5"]);
  assert.equal((await owner.page.getByLabel("The roster").inputValue()).replaceAll("\r", ""), roster.replaceAll("\r", ""));
  await look("mistakes");
});

test("a roster without groups: they are suggested, made, and invited; a member comes in", async () => {
  await owner.page.goto(`${server.base}/groups/new`);
  const departments = ["Sales", "Finance", "IT", "Quality", "Research", "Support"];
  const people = departments.flatMap((department, at) => [1, 2].map((turn) => `Peer ${"ABCDEF"[at]}${turn},peer-${at}-${turn}@example.org,Team lead,${department}`));
  await owner.page.getByLabel("Or a file").setInputFiles({ name: "roster.csv", mimeType: "text/csv", buffer: Buffer.from(`\ufeffname,email,level,department\n${people.join("\n")}\n`) });
  await owner.press("Look at it");
  await owner.page.getByRole("heading", { name: "2 groups of 12 people" }).waitFor();
  await look("preview");
  await owner.page.getByLabel("Module").selectOption("listening");
  await owner.page.getByLabel(/^When/).fill("2026-03-09T10:00");
  // The label says whose time it is; the form says how far that is from UTC.
  const sent = owner.page.waitForRequest((request) => request.method() === "POST");
  await owner.press("Make these groups");
  assert.match((await sent).postData(), /zone=-60/);
  await owner.page.getByRole("heading", { name: "2 of 2 groups are made" }).waitFor();
  await owner.page.getByRole("link", { name: /^Group 1/ }).click();
  await owner.at("Group 1");
  await look("group");
  await owner.press("Invite them all");
  await owner.at("Invitations for Group 1");
  await look("invitations");
  const link = await owner.page.locator(".slips .link").first().textContent();

  const context = await chrome.newContext({ viewport: PHONE });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("heading", { name: /^Hello Peer/ }).waitFor();
  await accessible(page, "an invitation");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/invitation-phone.png` });
  await page.getByRole("button", { name: "This is me: open my page" }).click();
  await page.getByRole("button", { name: "I accept the ground rules" }).waitFor();
  // It works once.
  const other = await chrome.newContext();
  assert.equal((await (await other.newPage()).goto(link)).status(), 410);
  await context.close();
  await other.close();
});

test("a cycle as facts, and a command of the organiser's", async () => {
  await owner.page.goto(`${server.base}/cycles/harbour-1`);
  await owner.at("Harbour");
  await look("cycle");
  await owner.page.locator("summary", { hasText: "Postpone a session" }).click();
  await owner.page.locator("details", { hasText: "Postpone a session" }).getByRole("button", { name: "Postpone a session" }).click();
  await owner.page.locator("summary", { hasText: /^Schedule a session$/ }).waitFor();
});

test("people, processes, audit", async () => {
  for (const [path, title] of [["people", "People"], ["people/ana", "Ana Diaz"], ["processes", "Processes"], ["audit", "Audit"], ["me", "Programme owner"]]) {
    await owner.page.goto(`${server.base}/${path}`);
    await owner.at(title);
    await look(path.replace("/", "-"));
  }
  await owner.page.goto(`${server.base}/processes`);
  await owner.page.getByLabel(/^Name, such as/).fill("ours");
  await owner.page.getByLabel("The file").fill('name = "Ours"\n[group]\nminimun = 5\n');
  await owner.press("Keep it");
  await owner.sees("to mend");
  assert.match(await owner.page.getByLabel("The file").inputValue(), /minimun/);
});

test("what happens in a group isn't hers to see", async () => {
  for (const path of ["/c/orchard-1", "/c/orchard-1/notes", "/api/v1/cycles/orchard-1/guide", "/api/v1/cycles/orchard-1/notes", "/api/v1/cycles/orchard-1/events"]) {
    const answer = await owner.page.request.get(server.base + path);
    assert.equal(answer.status(), 403, path);
  }
});

test("nothing complained on the way", () => {
  assert.deepEqual(owner.complaints, []);
});
