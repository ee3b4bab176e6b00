import { expect, it } from "vitest";
import { announcementTitle, texts } from "./texts.ts";

it("puts values into a text, and leaves a place without a value to be seen", () => {
  expect(texts("en")("waiting.some", { count: 3 })).toBe("3 wait for you");
  expect(texts("ru")("waiting.some", { count: 3 })).toBe("Ждут вас: 3");
  expect(texts("en")("waiting.some")).toBe("{count} wait for you");
});

it.each([
  [{ topic: "gate", urgency: "needs-you", count: 1 }, "A stage is ready for review"],
  [{ topic: "gate", urgency: "needs-you", count: 4 }, "4 things need you"],
  [{ topic: "run-failed", urgency: "information", count: 1 }, "A run has failed"],
  [{ topic: "run-failed", urgency: "information", count: 2 }, "2 things have happened"],
  [{ topic: "catching-up", urgency: "needs-you", count: 1 }, "In quiet hours, one thing came"],
  [{ topic: "catching-up", urgency: "information", count: 3 }, "In quiet hours, 3 things came"],
] as const)("says in a title what one thing is, and how many several are: %j", (notice, title) => {
  expect(announcementTitle(texts("en"), notice)).toBe(title);
});
