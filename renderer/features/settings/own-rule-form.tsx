import { Button, MultiSelect, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { OwnRule } from "../../../core/contract/rules.ts";
import { allStages, roles } from "../../../core/domain/stage/stage.ts";
import { toolNames } from "../../../core/domain/tool/tool.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./matrix.module.css";
import { freeId } from "./rule-proposal.ts";

/** What was chosen; nothing stands for all there are. */
interface Chosen {
  readonly tool: string;
  readonly repository: string;
  readonly stages: readonly string[];
  readonly roles: readonly string[];
  readonly outcome: "ask" | "deny";
  readonly description: string;
}

interface Option {
  readonly value: string;
  readonly label: string;
}

const nothing: Chosen = { tool: toolNames[0], repository: "", stages: [], roles: [], outcome: "ask", description: "" };

/** A rule of the owner's own: which calls, and whether they ask or are refused. */
export function OwnRuleForm({ taken, onAdd }: { readonly taken: readonly { readonly id: string }[]; readonly onAdd: (rule: OwnRule) => void }): ReactElement {
  const { say } = useSpeech();
  const [chosen, setChosen] = useState(nothing);
  const projects = useQuery(useHostQueries().projects.list.queryOptions());
  const set = (change: Partial<Chosen>): void => setChosen((before) => ({ ...before, ...change }));
  const repositories = [{ value: "", label: say("matrix.add.everyRepository") }, ...(projects.data ?? []).map(({ repository }) => named(repository))];
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
        <One
          label={say("matrix.add.tool")}
          value={chosen.tool}
          onChange={(tool) => set({ tool })}
          data={[...toolNames.map(named), { value: "*", label: say("matrix.add.everyTool") }]}
        />
        <One label={say("matrix.add.repository")} value={chosen.repository} onChange={(repository) => set({ repository })} data={repositories} />
        <One
          label={say("matrix.add.outcome")}
          value={chosen.outcome}
          onChange={(outcome) => set({ outcome: outcome as Chosen["outcome"] })}
          data={(["ask", "deny"] as const).map((outcome) => ({ value: outcome, label: say(`matrix.outcome.${outcome}`) }))}
        />
        <Some
          label={say("matrix.add.stage")}
          all={say("matrix.add.everyStage")}
          value={chosen.stages}
          onChange={(stages) => set({ stages })}
          data={allStages.map((stage) => ({ value: stage, label: say(`board.stage.${stage}`) }))}
        />
        <Some
          label={say("matrix.add.role")}
          all={say("matrix.add.everyRole")}
          value={chosen.roles}
          onChange={(some) => set({ roles: some })}
          data={roles.map(named)}
        />
        <TextInput
          size="xs"
          label={say("matrix.add.description")}
          maxLength={500}
          value={chosen.description}
          onChange={({ currentTarget }) => set({ description: currentTarget.value })}
        />
        <Button type="submit" size="xs" variant="default">
          {say("matrix.add.put")}
        </Button>
      </form>
    </details>
  );
}

interface FieldProps<Value> {
  readonly label: string;
  readonly data: readonly Option[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

function One({ data, onChange, ...field }: FieldProps<string>): ReactElement {
  return <NativeSelect size="xs" {...field} data={[...data]} onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
}

/** Any of them; none chosen stands for all. */
function Some({ data, value, all, ...field }: FieldProps<readonly string[]> & { readonly all: string }): ReactElement {
  return (
    <MultiSelect
      size="xs"
      {...field}
      data={[...data]}
      value={[...value]}
      placeholder={value.length === 0 ? all : ""}
      withScrollArea={false}
      classNames={{ options: style["options"] ?? "" }}
    />
  );
}

function named(value: string): Option {
  return { value, label: value };
}

function ruleOf(id: string, { tool, repository, stages, roles: some, outcome, description }: Chosen): OwnRule {
  return {
    id,
    description: description.trim(),
    tool,
    ...(repository === "" ? {} : { repository }),
    ...(stages.length === 0 ? {} : { stages: allStages.filter((stage) => stages.includes(stage)) }),
    ...(some.length === 0 ? {} : { roles: roles.filter((role) => some.includes(role)) }),
    outcome,
    enabled: true,
  };
}
