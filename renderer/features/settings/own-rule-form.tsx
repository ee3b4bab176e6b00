import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { OwnRule } from "../../../core/contract/rules.ts";
import { allStages, roles, type Role, type StageName } from "../../../core/domain/stage/stage.ts";
import { toolNames } from "../../../core/domain/tool/tool.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./matrix.module.css";
import { freeId } from "./rule-proposal.ts";

/** What was chosen; nothing stands for all there are. */
interface Chosen {
  readonly tool: string;
  readonly repository: string;
  readonly stage: string;
  readonly role: string;
  readonly outcome: "ask" | "deny";
}

const nothing: Chosen = { tool: toolNames[0], repository: "", stage: "", role: "", outcome: "ask" };

/** A rule of the owner's own: which calls, and whether they ask or are refused. */
export function OwnRuleForm({ taken, onAdd }: { readonly taken: readonly { readonly id: string }[]; readonly onAdd: (rule: OwnRule) => void }): ReactElement {
  const { say } = useSpeech();
  const [chosen, setChosen] = useState(nothing);
  const projects = useQuery(useHostQueries().projects.list.queryOptions());
  const field = (name: keyof Chosen, label: string, data: readonly { readonly value: string; readonly label: string }[]): ReactElement => (
    <NativeSelect
      size="xs"
      label={label}
      data={[...data]}
      value={chosen[name]}
      onChange={({ currentTarget }) => setChosen((before) => ({ ...before, [name]: currentTarget.value }))}
    />
  );
  return (
    <details className={style["more"]}>
      <summary>{say("matrix.add")}</summary>
      <form
        className={style["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          onAdd(ruleOf(freeId(taken), chosen));
          setChosen(nothing);
        }}
      >
        {field("tool", say("matrix.add.tool"), [...toolNames.map(named), { value: "*", label: say("matrix.add.everyTool") }])}
        {field("repository", say("matrix.add.repository"), [
          { value: "", label: say("matrix.add.everyRepository") },
          ...(projects.data ?? []).map(({ repository }) => named(repository)),
        ])}
        {field("stage", say("matrix.add.stage"), [
          { value: "", label: say("matrix.add.everyStage") },
          ...allStages.map((stage) => ({ value: stage, label: say(`board.stage.${stage}`) })),
        ])}
        {field("role", say("matrix.add.role"), [{ value: "", label: say("matrix.add.everyRole") }, ...roles.map(named)])}
        {field(
          "outcome",
          say("matrix.add.outcome"),
          (["ask", "deny"] as const).map((outcome) => ({ value: outcome, label: say(`matrix.outcome.${outcome}`) })),
        )}
        <Button type="submit" size="xs" variant="default">
          {say("matrix.add.put")}
        </Button>
      </form>
    </details>
  );
}

function named(value: string): { readonly value: string; readonly label: string } {
  return { value, label: value };
}

function ruleOf(id: string, { tool, repository, stage, role, outcome }: Chosen): OwnRule {
  return {
    id,
    description: "",
    tool,
    ...(repository === "" ? {} : { repository }),
    ...(stage === "" ? {} : { stages: [stage as StageName] }),
    ...(role === "" ? {} : { roles: [role as Role] }),
    outcome,
    enabled: true,
  };
}
