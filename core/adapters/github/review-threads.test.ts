import { schema as github } from "@octokit/graphql-schema";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { threadCommentsQuery, threadsQuery } from "./review-threads.ts";

const published = buildSchema(github.idl, { assumeValid: true });

describe("the queries for review threads", () => {
  it.each([
    ["threads", threadsQuery],
    ["comments of a thread", threadCommentsQuery],
  ])("are valid against GitHub's published schema: %s", (_, query) => {
    expect(validate(published, parse(query))).toEqual([]);
  });

  it("would be refused by it if they asked for something that is not there", () => {
    expect(validate(published, parse(threadsQuery.replace("isResolved", "isSettled")))).not.toEqual([]);
  });
});
