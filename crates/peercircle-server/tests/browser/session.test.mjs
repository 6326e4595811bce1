// Six people in a room with their phones: a whole cycle through the pages, with what goes wrong in real rooms.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, browser, fits, hands, join, start } from "./lib.mjs";

const NAMES = ["Greta Holm", "Hugo Martin", "Ines Costa", "Jonas Weber", "Kaya Demir", "Liam Byrne"];
const DAY = "2026-03-05";

let server, chrome, people, greta, hugo, ines, jonas, kaya, liam;

before(async () => {
  server = await start("2026-03-02T09:00:00Z");
  chrome = await browser();
  people = [];
  for (const name of NAMES) people.push(await join(chrome, server, name));
  [greta, hugo, ines, jonas, kaya, liam] = people;
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

const all = (does) => Promise.all(people.map(does));

/** Everyone in turn; `chair` starts each turn. Before a turn, `aside` may do something else. */
async function round(chair, finish, at) {
  const left = new Set(people);
  let minutes = 0;
  while (left.size > 0) {
    const start = chair.page.getByRole("button", { name: /^Start (my|.+'s) turn$/ });
    await start.waitFor();
    const label = await start.textContent();
    const speaker = label === "Start my turn" ? chair : people.find((one) => label === `Start ${one.name}'s turn`);
    assert.ok(left.delete(speaker), `${label}: somebody has two turns`);
    await start.click();
    await speaker.page.getByRole("heading", { name: "Your turn", exact: true }).waitFor();
    minutes += 2;
    await server.clock(at(minutes));
    await finish(speaker);
  }
}

test("before: rules, replies, the date as a file", async () => {
  await greta.at("Delegation");
  await accessible(greta.page, "before session 1");
  await fits(greta.page, "before session 1");
  await greta.press("I accept the ground rules");
  await greta.page.getByRole("heading", { name: "Ground rules" }).waitFor({ state: "detached" });
  // A reply appears on the others' pages by itself.
  await kaya.press("Yes");
  await liam.page.locator("li", { hasText: "Kaya Demir" }).getByText("accepted").waitFor();
  const file = await (await kaya.page.request.get(new URL(await kaya.page.getByRole("link", { name: "Into my calendar" }).getAttribute("href"), server.base).href)).text();
  assert.match(file, /BEGIN:VEVENT\r\n[^]*DTSTART:20260305T090000Z\r\n[^]*DTEND:20260305T103000Z\r\n/);
});

test("gathering: everyone comes, and it says what is missing until then", async () => {
  await server.clock(`${DAY}T08:45:00Z`);
  await all((one) => one.page.reload());
  await greta.press("Open the session");
  await all((one) => one.at("We gather"));
  await greta.sees("Before we can begin");
  for (const one of [greta, hugo, ines, jonas, kaya]) await one.press("I am here");
  await liam.offers("I am here");
  await accessible(liam.page, "gathering");
  await greta.offers("Is here");
  await greta.page.locator("li", { hasText: "Liam Byrne" }).getByRole("button", { name: "Is here" }).click();
  await liam.sees("6 in the room");
  await server.clock(`${DAY}T09:00:00Z`);
  await greta.press("Begin the session");
  await all((one) => one.at("Welcome"));
});

test("stories: a turn each, one goes later, one on a phone without a connection", async () => {
  await server.clock(`${DAY}T09:03:00Z`);
  await greta.press("Go on to story sharing");
  await all((one) => one.at("Story sharing"));
  await hugo.press("Later");
  await hugo.page.locator("ol.round li", { hasText: "You" }).getByText("goes later").waitFor();
  let dropped = false;
  await round(
    greta,
    async (speaker) => {
      if (speaker === ines) {
        dropped = true;
        await ines.context.setOffline(true);
        await ines.press("Done: my own");
        await ines.page.getByText("No connection.").waitFor();
        await ines.context.setOffline(false);
        await ines.page.getByRole("heading", { name: "Your turn", exact: true }).waitFor({ state: "detached" });
        await ines.page.getByText("No connection.").waitFor({ state: "hidden" });
      } else if (speaker === jonas) {
        // Two press at once: it counts once, and nobody is shown an error they could do nothing about.
        await Promise.all([jonas.press("Done: my own"), greta.press("Done: their own")]);
      } else {
        await speaker.press("Done: one observed");
      }
    },
    (minutes) => `${DAY}T09:${String(3 + minutes).padStart(2, "0")}:00Z`,
  );
  assert.ok(dropped);
  await greta.offers("Go on to discussion");
  await accessible(greta.page, "after the stories");
});

test("discussion: the facilitator vanishes, another takes over with one assent", async () => {
  await server.clock(`${DAY}T09:23:00Z`);
  await greta.press("Go on to discussion");
  await all((one) => one.at("Discussion"));
  await greta.page.close();
  await liam.page.getByRole("link", { name: "Everything I can do" }).click();
  await liam.page.getByText("Declare the facilitator gone").first().click();
  await liam.press("Declare the facilitator gone");
  await liam.page.getByRole("link", { name: "Back to now" }).click();
  await kaya.sees("The clock stands");
  await kaya.press("I will facilitate");
  await jonas.press("I agree that Kaya Demir facilitates");
  await kaya.sees("you facilitate");
  await kaya.page.getByText("Hand over", { exact: true }).click();
  // Greta comes back with her phone, and gets the chair back.
  greta.page = await greta.context.newPage();
  Object.assign(greta, await rejoin(greta));
  await greta.at("Discussion");
  await kaya.press("To Greta Holm");
  await greta.sees("you facilitate");
});

async function rejoin(one) {
  await one.page.goto(server.base);
  return hands(one.page);
}

test("skills and plans: more minutes re-plan the rest; everyone plans", async () => {
  await server.clock(`${DAY}T09:38:00Z`);
  await greta.press("Go on to skill building");
  await all((one) => one.at("Skill building"));
  await greta.press("+3 min");
  await greta.sees("of 28 min");
  await server.clock(`${DAY}T10:03:00Z`);
  await greta.press("Go on to action planning");
  await all((one) => one.at("Action planning"));
  await all(async (one) => {
    await one.page.getByRole("textbox").first().fill(`If ${one.first} is asked, then ${one.first} asks back.`);
    await one.press("This is my plan");
    await one.sees("You plan to try");
  });
  await round(greta, (speaker) => speaker.press("I am done"), (minutes) => `${DAY}T10:${String(3 + minutes).padStart(2, "0")}:00Z`);
});

test("next steps and takeaways: the date of session 2, buddies, the end", async () => {
  await server.clock(`${DAY}T10:16:00Z`);
  await greta.press("Go on to next steps");
  await greta.at("Next steps");
  await greta.page.locator("section", { hasText: "When do you meet again?" }).getByLabel("Session 2").fill("2026-04-02T11:00");
  await greta.page.locator("section", { hasText: "When do you meet again?" }).getByRole("button", { name: "Set the date" }).first().click();
  await greta.page.getByRole("heading", { name: "When do you meet again?" }).waitFor({ state: "detached" });
  await greta.press("Pair like this");
  await greta.page.getByRole("heading", { name: "Who is whose buddy?" }).waitFor({ state: "detached" });
  await greta.press("Go on to takeaways");
  await round(
    greta,
    async (speaker) => {
      if (speaker === liam) {
        await liam.page.getByText("Write it down").click();
        await liam.page.getByRole("textbox").first().fill("Ask before I answer: <b>that</b> is all.");
        await liam.page.getByText("Everyone who attends session 1").click();
      }
      await speaker.press("I am done");
    },
    (minutes) => `${DAY}T10:${String(16 + minutes).padStart(2, "0")}:00Z`,
  );
  await greta.sure("Close the session", "Yes, close it");
  await all((one) => one.at("Practice"));
});

test("practice: a note reaches those it is for, a week is logged, the next facilitator offers", async () => {
  await hugo.page.getByRole("link", { name: "Notes" }).click();
  await hugo.sees("Ask before I answer: <b>that</b> is all.");
  await hugo.page.getByRole("link", { name: "Now" }).click();
  await server.clock("2026-03-10T09:00:00Z");
  await kaya.page.reload();
  await kaya.page.locator("section", { hasText: "My log" }).getByRole("textbox").fill("Tried it twice.");
  await kaya.press("Log week 1");
  await kaya.page.locator("ol.weeks li.done").waitFor();
  await kaya.press("We checked in this week");
  await hugo.press("I will facilitate");
  await hugo.sees("You do, as a peer");
  await accessible(hugo.page, "practice");
  await fits(hugo.page, "practice");
});

test("session 2: reports, lessons, adoption; and it is complete", async () => {
  const day = "2026-04-02";
  const at = (from) => (minutes) => new Date(Date.parse(`${day}T09:00:00Z`) + (from + minutes) * 60_000).toISOString().replace(".000", "");
  await server.clock(`${day}T08:55:00Z`);
  await all((one) => one.page.reload());
  await hugo.press("Open the session");
  await all((one) => one.at("We gather"));
  for (const one of people) await one.press("I am here");
  await server.clock(at(0)(0));
  await hugo.press("Begin the session");
  await all((one) => one.at("Welcome"));
  await hugo.press("Go on to report-back");
  await round(
    hugo,
    async (speaker) => {
      if (speaker === jonas) {
        await jonas.page.getByText("Not this time").click();
      } else {
        await speaker.page.getByRole("checkbox").first().check();
      }
      await speaker.press("I have reported");
    },
    at(5),
  );
  await hugo.press("Go on to lessons learned");
  await all((one) => one.at("Lessons learned"));
  await hugo.press("Go on to adoption");
  await round(
    hugo,
    async (speaker) => {
      await speaker.page.getByRole("checkbox").first().check();
      if (speaker === kaya) await accessible(kaya.page, "one's turn to adopt");
      await speaker.press("That is what I adopt");
    },
    at(50),
  );
  await hugo.press("Go on to takeaways");
  await round(hugo, (speaker) => speaker.press("I am done"), at(70));
  await hugo.sure("Close the session", "Yes, close it");
  await all((one) => one.at("Completed"));
  await liam.sees("What you keep");
});

test("nothing complained on the way", () => {
  assert.deepEqual(people.flatMap((one) => one.complaints), []);
});
