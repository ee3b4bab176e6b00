import { NativeSelect, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { requestTopics, topics, urgencies, type NotificationPreferences, type QuietHours, type Topic } from "../../../core/domain/notification/preferences.ts";
import type { NotificationSettings } from "../../../core/contract/notifications.ts";
import { useHostConnection, useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { choiceOf, minuteOf, timeText, withChoice } from "./notification-choices.ts";
import own from "./notifications.module.css";
import style from "./settings.module.css";

/** What the owner is told of on this machine, how loudly, and when not. */
export function NotificationsSection(): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().notifications.watch.experimental_liveOptions());
  const isBrowser = useHostConnection().source.updates === undefined;
  return (
    <>
      <h2 className={style["title"]}>{say("settings.notifications")}</h2>
      <p className={style["lead"]}>{say("settings.notifications.lead")}</p>
      {isBrowser ? <p className={style["note"]}>{say("settings.notifications.browser")}</p> : undefined}
      {data ? <Preferences settings={data} /> : failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>}
    </>
  );
}

/** Each choice counts at once. */
function Preferences({ settings }: { readonly settings: NotificationSettings }): ReactElement {
  const { say } = useSpeech();
  const [repository, setRepository] = useState<string>();
  const repositories = useQuery(useHostQueries().projects.list.queryOptions()).data ?? [];
  const save = useMutation(useHostQueries().notifications.set.mutationOptions());
  // Until the host has it, what was chosen last is what the next choice goes on from.
  const preferences: NotificationPreferences = save.isPending ? save.variables : settings.preferences;
  const choose = (chosen: NotificationPreferences): void => save.mutate({ ...chosen, topics: { ...chosen.topics }, repositories: { ...chosen.repositories } });
  const rows = (shown: readonly Topic[]): ReactElement[] =>
    shown.map((topic) => (
      <div key={topic} className={own["row"]}>
        <span>{say(`settings.notifications.${topic}`)}</span>
        <SegmentedControl
          size="xs"
          aria-label={say(`settings.notifications.${topic}`)}
          value={choiceOf(preferences, repository, topic)}
          onChange={(value) => choose(withChoice(preferences, repository, topic, urgencies.find((known) => known === value) ?? "inherit"))}
          data={[...(repository === undefined ? [] : (["inherit"] as const)), ...urgencies].map((value) => ({
            value,
            label: say(`settings.notifications.${value}`),
          }))}
        />
      </div>
    ));
  return (
    <>
      {settings.problem === undefined ? undefined : (
        <p className={style["note"]} role="status">
          {say("settings.notifications.problem")}
        </p>
      )}
      <Failure error={save.error} />
      <NativeSelect
        size="xs"
        className={own["where"]}
        label={say("settings.notifications.where")}
        value={repository ?? ""}
        onChange={({ currentTarget }) => setRepository(currentTarget.value === "" ? undefined : currentTarget.value)}
        data={[{ value: "", label: say("settings.notifications.everywhere") }, ...repositories.map(({ repository: name }) => ({ value: name, label: name }))]}
      />
      <section className={own["group"]}>
        <h3>{say("settings.notifications.requests")}</h3>
        {rows(requestTopics)}
      </section>
      <section className={own["group"]}>
        <h3>{say("settings.notifications.runs")}</h3>
        {rows(topics.slice(requestTopics.length))}
      </section>
      <QuietTimes quiet={preferences.quiet} choose={(quiet) => choose({ ...preferences, quiet })} />
    </>
  );
}

/** Before anybody has chosen others. */
const usualNight: QuietHours = { from: 22 * 60, to: 8 * 60 };

function QuietTimes({ quiet, choose }: { readonly quiet: QuietHours | undefined; readonly choose: (quiet: QuietHours | undefined) => void }): ReactElement {
  const { say } = useSpeech();
  // What is being typed, until it is a time.
  const [written, setWritten] = useState<{ readonly from?: string; readonly to?: string }>({});
  const shown = { from: written.from ?? timeText((quiet ?? usualNight).from), to: written.to ?? timeText((quiet ?? usualNight).to) };
  const isSame = quiet !== undefined && minuteOf(shown.from) === minuteOf(shown.to);
  const write = (change: { readonly from?: string; readonly to?: string }): void => {
    const next = { ...shown, ...change };
    const [from, to] = [minuteOf(next.from), minuteOf(next.to)];
    const isWhole = from !== undefined && to !== undefined && from !== to;
    setWritten(isWhole ? {} : next);
    if (isWhole) choose({ from, to });
  };
  const field = (end: "from" | "to"): ReactElement => (
    <TextInput
      type="time"
      size="xs"
      label={say(`settings.notifications.${end}`)}
      disabled={quiet === undefined}
      value={shown[end]}
      error={isSame && end === "to" ? say("settings.notifications.same") : undefined}
      onChange={({ currentTarget }) => write({ [end]: currentTarget.value })}
    />
  );
  return (
    <section className={own["group"]}>
      <h3>{say("settings.notifications.quiet")}</h3>
      <p className={style["note"]}>{say("settings.notifications.quietLead")}</p>
      <div className={own["quiet"]}>
        <Switch
          size="xs"
          label={say("settings.notifications.quietOn")}
          checked={quiet !== undefined}
          onChange={({ currentTarget }) => {
            setWritten({});
            choose(currentTarget.checked ? usualNight : undefined);
          }}
        />
        {field("from")}
        {field("to")}
      </div>
    </section>
  );
}
