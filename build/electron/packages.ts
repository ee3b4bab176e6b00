import { posix } from "node:path";

/** A package as package-lock.json has it; only what is read here. */
export interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>> | undefined;
  readonly optionalDependencies?: Readonly<Record<string, string>> | undefined;
  readonly peerDependencies?: Readonly<Record<string, string>> | undefined;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean | undefined }>> | undefined;
}

/** Packages by the folder in which they are installed, such as `node_modules/a/node_modules/b`. */
export type LockedPackages = Readonly<Record<string, LockedPackage | undefined>>;

/** The packages of `names` that one of these sources names: in an import, or as a path that is resolved at run time. */
export function packagesNamedIn(sources: readonly string[], names: readonly string[]): readonly string[] {
  return names.filter((name) => sources.some((source) => source.includes(`"${name}"`) || source.includes(`"${name}/`)));
}

/**
 * Folders of `roots` and of everything that they need, as npm has installed it: a package finds another one beside itself or beside one of those that it lies in. An optional package counts when it
 * is installed here, which it is on the systems that it is for.
 *
 * @throws Error that names what the lockfile lacks.
 */
export function foldersOf(roots: readonly string[], locked: LockedPackages, isInstalled: (folder: string) => boolean): readonly string[] {
  const found = new Set<string>();
  const take = (name: string, from: string, isOptional: boolean): void => {
    const folder = folderOf(name, from, locked);
    if (folder === undefined || (isOptional && !isInstalled(folder))) {
      if (isOptional) return;
      throw new Error(`package-lock.json has no ${name}, which ${from === "" ? "the program" : from} needs`);
    }
    if (found.has(folder)) return;
    found.add(folder);
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = locked[folder] ?? {};
    for (const each of Object.keys(dependencies ?? {})) take(each, folder, Object.hasOwn(optionalDependencies ?? {}, each));
    for (const each of Object.keys(optionalDependencies ?? {})) take(each, folder, true);
    // npm installs the peers that are not optional; one that only says what it would get along with is nobody's need.
    for (const each of Object.keys(peerDependencies ?? {})) if (peerDependenciesMeta?.[each]?.optional !== true) take(each, folder, true);
  };
  for (const root of roots) take(root, "", false);
  return [...found].toSorted();
}

function folderOf(name: string, from: string, locked: LockedPackages): string | undefined {
  const folder = posix.join(from, "node_modules", name);
  if (Object.hasOwn(locked, folder)) return folder;
  if (from === "") return undefined;
  const outer = from.lastIndexOf("node_modules/");
  return folderOf(name, from.slice(0, outer).replace(/\/$/u, ""), locked);
}
