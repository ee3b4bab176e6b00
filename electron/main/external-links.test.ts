import { expect, it } from "vitest";
import { judgeLink } from "./external-links.ts";

it.each(["https://github.com/acme/shop/pull/3", "https://github.com"])("%s is opened", (address) => {
  expect(judgeLink(address)).toBe("open");
});

it.each(["https://example.com/", "https://github.com.example.com/", "https://github.com:8443/", "https://gist.github.com/x", "https://xn--gthub-cta.com/"])(
  "%s is asked about",
  (address) => {
    expect(judgeLink(address)).toBe("ask");
  },
);

it.each([
  "http://github.com/",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/html,x",
  "smb://share/x",
  "ms-settings:",
  "signalbox://decision/1",
  "vscode://x",
  "https://github.com@example.com/",
  "https://user:word@github.com/",
  "//github.com",
  "",
  "no address",
])("%s is not opened", (address) => {
  expect(judgeLink(address)).toBe("refuse");
});
