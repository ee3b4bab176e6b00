import { expect, it } from "vitest";
import { needsYouTitle, texts } from "./texts.ts";

it("puts values into a text, and leaves a place without a value to be seen", () => {
  expect(texts("en")("waiting.some", { count: 3 })).toBe("3 wait for you");
  expect(texts("ru")("waiting.some", { count: 3 })).toBe("Ждут вас: 3");
  expect(texts("en")("waiting.some")).toBe("{count} wait for you");
});

it("says what one new request is, and how many several are", () => {
  const notice = { type: "needs-you", kind: "gate", summary: "x", place: "/inbox/1" } as const;

  expect(needsYouTitle(texts("en"), { ...notice, count: 1 })).toBe("A stage is ready for review");
  expect(needsYouTitle(texts("en"), { ...notice, count: 4 })).toBe("4 new requests wait for you");
});
