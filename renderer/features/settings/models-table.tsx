import type { ReactElement } from "react";
import type { ModelUse } from "../../../core/contract/models.ts";
import { useSpeech, type Say } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { money } from "../../ui/meter.tsx";
import own from "./models.module.css";

/** What models were used for: the figures stand under each other, exact ones are their titles. */
export function ModelsTable({ models }: { readonly models: readonly ModelUse[] }): ReactElement {
  const { say } = useSpeech();
  return (
    <table className={own["models"]}>
      <thead>
        <tr>
          {(["model", "runs", "turns", "input", "cached", "output", "cost", "last"] as const).map((column) => (
            <th key={column} scope="col">
              {say(`models.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {models.map((use) => (
          <Row key={use.model} use={use} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ use }: { readonly use: ModelUse }): ReactElement {
  const { say, language } = useSpeech();
  const figures = (["runs", "turns", "inputTokens", "cachedInputTokens", "outputTokens"] as const).map((name) => ({ name, figure: use[name] }));
  return (
    <tr>
      <th scope="row">
        <Foreign>{use.model}</Foreign>
      </th>
      {figures.map(({ name, figure }) => (
        <td key={name} title={new Intl.NumberFormat(language).format(figure)}>
          {new Intl.NumberFormat(language, { notation: "compact" }).format(figure)}
        </td>
      ))}
      <td>{costText(use, say, language)}</td>
      <td>
        <Age at={use.lastUsedAt} />
      </td>
    </tr>
  );
}

function costText({ cost, unpriced }: ModelUse, say: Say, language: string): string {
  if (cost === undefined) return say("models.cost.unknown");
  return unpriced > 0 ? say("models.cost.atLeast", { cost: money(cost, language) }) : money(cost, language);
}
