import { CloseButton, Kbd, TextInput } from "@mantine/core";
import { IconAlertTriangleFilled, IconCircleCheckFilled, IconCircleXFilled, IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type ReactElement } from "react";
import type { LabelFault, ListedLabel } from "../../../core/contract/labels.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { LabelChip } from "../../ui/label-chip.tsx";
import { groupedLabels, type LabelGroup, type LabelRow } from "./label-groups.ts";
import own from "./labels.module.css";
import { OfRepository } from "./of-repository.tsx";
import style from "./settings.module.css";

/** Every label that means something in a repository: what, how it is called there, and whether it is there. */
export function LabelsSection(): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <h2 className={style["title"]}>{say("settings.labels")}</h2>
      <p className={style["lead"]}>{say("labels.lead")}</p>
      <OfRepository section="labels">{(repository) => <Labels key={repository} repository={repository} />}</OfRepository>
    </>
  );
}

function Labels({ repository }: { readonly repository: string }): ReactElement {
  const { say } = useSpeech();
  const [filter, setFilter] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { data, failureReason } = useQuery(useHostQueries().projects.labels.queryOptions({ input: { repository } }));
  useScreenKeys([{ key: "/", what: say("labels.filter"), act: () => field.current?.focus() }]);
  if (!data) return failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>;
  const groups = groupedLabels(data.labels, filter, say);
  return (
    <>
      {data.faults.length > 0 ? <Faults faults={data.faults} /> : <Presence labels={data.labels} />}
      <TextInput
        ref={field}
        size="xs"
        className={own["filter"]}
        aria-label={say("labels.filter")}
        placeholder={say("labels.filter")}
        value={filter}
        maxLength={200}
        onChange={(event) => setFilter(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setFilter("");
          event.currentTarget.blur();
        }}
        leftSection={<IconFilter size={14} aria-hidden />}
        rightSection={filter === "" ? <Kbd size="xs">/</Kbd> : <CloseButton size="xs" aria-label={say("labels.filter.clear")} onClick={() => setFilter("")} />}
      />
      {groups.length === 0 ? (
        <p className={style["note"]} role="status">
          {say("labels.none", { text: filter.trim() })}
        </p>
      ) : undefined}
      {groups.map(({ group, rows }) => (
        <Group key={group} group={group} rows={rows} />
      ))}
    </>
  );
}

function Faults({ faults }: { readonly faults: readonly LabelFault[] }): ReactElement {
  const { say } = useSpeech();
  return (
    <div className={own["faults"]} role="alert">
      <IconCircleXFilled size={16} aria-hidden />
      <div>
        <strong>{say("labels.faults")}</strong>
        <ul>
          {faults.map(({ type, label, variables }) => (
            <li key={`${type} ${variables.join(" ")}`}>
              <Foreign>{say(`labels.fault.${type}`, { label, variables: variables.join(", ") })}</Foreign>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Presence({ labels }: { readonly labels: readonly ListedLabel[] }): ReactElement {
  const { say } = useSpeech();
  const missing = labels.filter(({ isThere }) => !isThere).length;
  const needed = labels.filter(({ isThere, variable, meaning }) => !isThere || variable !== undefined || meaning.type === "reasoning").length;
  const Shape = missing === 0 ? IconCircleCheckFilled : IconAlertTriangleFilled;
  return (
    <p className={own["presence"]} data-missing={missing > 0} role="status">
      <Shape size={14} aria-hidden />
      {missing === 0 ? say("labels.sum.all", { n: needed }) : say("labels.sum.missing", { n: missing, all: needed })}
    </p>
  );
}

function Group({ group, rows }: { readonly group: LabelGroup; readonly rows: readonly LabelRow[] }): ReactElement {
  const { say } = useSpeech();
  return (
    <section className={own["group"]}>
      <h3>{say(`labels.group.${group}`)}</h3>
      <table>
        <thead>
          <tr>
            {(["name", "meaning", "variable", "there"] as const).map((column) => (
              <th key={column} scope="col">
                <span className={own["hidden"]}>{say(`labels.column.${column}`)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.variable ?? ""} ${row.name}`} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ row: { name, standard, variable, isThere, meaning, text } }: { readonly row: LabelRow }): ReactElement {
  const { say } = useSpeech();
  const isRenamed = name.toLowerCase() !== standard.toLowerCase();
  const Shape = isThere ? IconCircleCheckFilled : IconCircleXFilled;
  return (
    <tr>
      <th scope="row">
        <LabelChip fate="kept">
          <Foreign>{name}</Foreign>
        </LabelChip>
        {isRenamed ? <small>{say("labels.renamed", { name: standard })}</small> : undefined}
      </th>
      <td data-doubtful={meaning.type === "unknown-trigger"}>
        <Foreign>{text}</Foreign>
      </td>
      <td>{variable === undefined ? <span className={style["aside"]}>{say("labels.fixed")}</span> : <code>{variable}</code>}</td>
      <td className={own["there"]} data-there={isThere}>
        <Shape size={14} aria-hidden /> {say(isThere ? "labels.there" : "labels.missing")}
      </td>
    </tr>
  );
}
