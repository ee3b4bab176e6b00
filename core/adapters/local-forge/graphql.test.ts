import { schema as github } from "@octokit/graphql-schema";
import { buildSchema, isInputObjectType, isInterfaceType, isObjectType, isScalarType, type GraphQLNamedType } from "graphql";
import { describe, expect, it } from "vitest";
import { schema } from "./graphql.ts";

const published = buildSchema(github.idl, { assumeValid: true });

/** One line for each field, argument and interface: what a client can notice. */
function lines(type: GraphQLNamedType): readonly string[] {
  if (isScalarType(type)) return [`scalar ${type.name}`];
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => `${type.name}.${field.name}: ${field.type.toString()}`);
  const fields = Object.values(type.getFields()).flatMap((field) => [
    `${type.name}.${field.name}: ${field.type.toString()}`,
    ...field.args.map((argument) => `${type.name}.${field.name}(${argument.name}: ${argument.type.toString()})`),
  ]);
  return [...fields, ...type.getInterfaces().map((each) => `${type.name} implements ${each.name}`)];
}

describe("the local forge's GraphQL schema", () => {
  it("has no type, field, argument or interface that GitHub's published schema does not have just so", () => {
    const ours = Object.values(schema().getTypeMap()).filter((type) => !type.name.startsWith("__"));

    const theirs = new Set(Object.values(published.getTypeMap()).flatMap((type) => lines(type)));
    const builtIn = new Set(["Boolean", "Int", "String", "ID", "Float"].map((name) => `scalar ${name}`));

    const different = ours.flatMap((type) => lines(type)).filter((line) => !theirs.has(line) && !builtIn.has(line));
    expect(different).toEqual([]);
    expect(ours.length).toBeGreaterThan(10);
  });
});
