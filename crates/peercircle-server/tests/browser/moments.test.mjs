// What is pressed in a room: who begins, what can't be taken back asks first, and what is pressed without a connection.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, browser, fits, join, look, start } from "./lib.mjs";

const NAMES = ["Greta Holm", "Hugo Martin", "Ines Costa", "Jonas Weber", "Kaya Demir", "Liam Byrne"];
const DAY = "2026-03-05";
const SHOTS = process.env.PEERCIRCLE_SHOTS;

let server, chrome, people, greta, hugo, ines, liam;

before(async () => {
  server = await start("2026-03-02T09:00:00Z");
  chrome = await browser();
  people = [];
  for (const name of NAMES) people.push(await join(chrome, server, name));
  [greta, hugo, ines, , , liam] = people;
  for (const one of people) await one.page.locator("section.card").first().waitFor();
  await server.clock(`${DAY}T08:45:00Z`);
  await Promise.all(people.map((one) => one.page.reload()));
  for (const one of people) if (await one.page.getByRole("button", { name: "I accept the ground rules" }).count()) await one.press("I accept the ground rules");
  await greta.press("Open the session");
  for (const one of people) {
    await one.press("I am here");
    await one.page.getByRole("button", { name: "I am here" }).waitFor({ state: "detached" });
  }
  await server.clock(`${DAY}T09:00:00Z`);
  await greta.press("Begin the session");
  await server.clock(`${DAY}T09:03:00Z`);
  await greta.press("Go on to story sharing");
  await Promise.all(people.map((one) => one.at("Story sharing")));
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

const turn = (one) => one.page.getByRole("heading", { name: "Your turn", exact: true });

test("whoever facilitates sees who may begin, with somebody suggested; whoever wants to go next can say so", async () => {
  await greta.offers("Start my turn");
  const others = greta.page.getByRole("group", { name: "Who begins the round" }).getByRole("button");
  assert.deepEqual(await others.allTextContents(), NAMES.slice(1).map((name) => `${name} does`));
  await look(greta.page, "who-begins");
  await hugo.offers("I go next");
  await greta.press("Ines Costa does");
  await turn(ines).waitFor();
  await server.clock(`${DAY}T09:05:00Z`);
  await ines.press("Done: my own");
  // After the first the suggestion is mostly taken: the others are folded.
  await greta.page.getByText("Somebody else goes next").click();
  await look(greta.page, "who-goes-next");
  await greta.press("Hugo Martin does");
  await turn(hugo).waitFor();
});

test("that somebody left is asked first, and says what it does; it is no dead end", async () => {
  await greta.page.getByText("Who is here", { exact: true }).click();
  const row = greta.page.locator("ul.people li", { hasText: "Liam Byrne" });
  await row.getByText("Left", { exact: true }).click();
  await row.getByText("Liam Byrne is out of the room from now on.").waitFor();
  await row.getByText("They can come back until action planning begins").waitFor();
  await look(greta.page, "left-asks");
  await row.getByText("No, go back").click();
  await row.getByRole("button", { name: "Yes, Liam Byrne has left" }).waitFor({ state: "hidden" });
  assert.equal(await liam.page.getByText("It has begun without you").count(), 0);
  await row.getByText("Left", { exact: true }).click();
  await row.getByRole("button", { name: "Yes, Liam Byrne has left" }).click();
  await liam.sees("It has begun without you");
  await row.getByRole("button", { name: "Is back" }).click();
  await liam.page.getByText("It has begun without you").waitFor({ state: "detached" });
});

test("passing asks first", async () => {
  await hugo.page.locator("details.sure > summary", { hasText: "Pass" }).click();
  await hugo.sees("The turn is over and doesn't come back in this round.");
  await look(hugo.page, "pass-asks");
  await hugo.page.getByText("No, go back").click();
  await turn(hugo).waitFor();
});

test("without a script it asks as well", async () => {
  const plain = await join(chrome, server, "Greta Holm", { javaScriptEnabled: false });
  await plain.page.getByText("Who is here", { exact: true }).click();
  const row = plain.page.locator("ul.people li", { hasText: "Jonas Weber" });
  const yes = row.getByRole("button", { name: "Yes, Jonas Weber has left" });
  assert.equal(await yes.isVisible(), false);
  await row.getByText("Left", { exact: true }).click();
  await yes.waitFor();
  await row.getByText("No, go back").click();
  await plain.at("Story sharing");
  assert.equal(await plain.page.getByRole("button", { name: "Yes, Jonas Weber has left" }).isVisible(), false);
  await plain.context.close();
});

test("what is of the moment is tried for seconds, says so, and isn't sent later", async () => {
  await hugo.context.setOffline(true);
  await hugo.press("Done: my own");
  await hugo.page.getByText("Not sent yet: \u201cDone: my own\u201d. It is tried for a few seconds.").waitFor();
  if (SHOTS) await hugo.page.screenshot({ path: `${SHOTS}/not-sent-phone.png` });
  await fits(hugo.page, "not sent yet");
  const gone = hugo.page.getByText("\u201cDone: my own\u201d didn't get through, and isn't sent any more.");
  await gone.waitFor({ timeout: 25_000 });
  await hugo.context.setOffline(false);
  await hugo.page.getByText("No connection.").waitFor({ state: "hidden" });
  await hugo.page.waitForTimeout(3000);
  await turn(hugo).waitFor();
  await gone.waitFor();
  await accessible(hugo.page, "not sent");
  await fits(hugo.page, "not sent");
  await hugo.press("OK");
  await gone.waitFor({ state: "detached" });
});

test("what comes late doesn't count where the group has gone on", async () => {
  await greta.context.setOffline(true);
  await greta.press("+5 min");
  await greta.page.getByText("Not sent yet: \u201c+5 min\u201d.").waitFor();
  await server.clock(`${DAY}T09:07:00Z`);
  await hugo.press("Done: my own");
  await turn(hugo).waitFor({ state: "detached" });
  await greta.context.setOffline(false);
  await greta.page.getByRole("alert").getByText("the group has gone on since").waitFor();
  await greta.sees("of 20 min");
  await look(greta.page, "too-late");
  // Where nothing happened in between it counts.
  await greta.context.setOffline(true);
  await greta.press("+5 min");
  await greta.page.getByText("Not sent yet: \u201c+5 min\u201d.").waitFor();
  await greta.context.setOffline(false);
  await greta.sees("of 25 min");
});

test("what can wait is sent once there is a connection, unless one takes it back", async () => {
  const mei = await join(chrome, server, "Mei Tanaka");
  await mei.context.setOffline(true);
  await mei.press("Maybe");
  const waits = mei.page.getByText("Not sent yet: \u201cMaybe\u201d. It is sent as soon as you are back, while this page stays open.");
  await waits.waitFor();
  await mei.press("Don't send it");
  await waits.waitFor({ state: "detached" });
  await mei.press("No");
  await mei.page.getByText("Not sent yet: \u201cNo\u201d.").waitFor();
  // For longer than anything of the moment is tried.
  await mei.page.waitForTimeout(17_000);
  await mei.page.getByText("Not sent yet: \u201cNo\u201d.").waitFor();
  await mei.context.setOffline(false);
  await mei.sees("Your reply: declined.");
  await mei.page.getByText("Not sent yet").waitFor({ state: "detached" });
  assert.deepEqual(mei.complaints, []);
  await mei.context.close();
});

test("nothing complained on the way", () => {
  assert.deepEqual(people.flatMap((one) => one.complaints), []);
});
