import { labelCatalogue, type LabelCatalogue } from "../domain/label/catalogue.ts";
import type { RepositoryName } from "../domain/kernel/values.ts";
import type { Forge } from "../ports/forge.ts";

/** Every label that means something in a repository, as the forge has it now. @throws InfrastructureError as the forge does. */
export function createListLabels({ ownerForge }: { readonly ownerForge: Pick<Forge, "variables" | "labels"> }) {
  return async function listLabels(repository: RepositoryName): Promise<LabelCatalogue> {
    const [variables, present] = await Promise.all([ownerForge.variables(repository), ownerForge.labels(repository)]);
    return labelCatalogue(variables, present);
  };
}
export type ListLabels = ReturnType<typeof createListLabels>;
