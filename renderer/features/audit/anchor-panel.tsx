import { Button, Select } from "@mantine/core";
import { IconAnchor } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import type { HostClient } from "../../host-client/connect.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { Section } from "../../ui/panes.tsx";
import style from "./audit.module.css";
import { CheckMark } from "./check-mark.tsx";
import { Hash } from "./event-detail.tsx";
import { Fact } from "./verify-panel.tsx";

type Published = Awaited<ReturnType<HostClient["audit"]["anchor"]>>;

/** Vouches for the end of the chain with the owner's key. What will happen is said before it does. */
export function AnchorPanel(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const projects = useQuery(queries.projects.list.queryOptions());
  const anchor = useMutation(queries.audit.anchor.mutationOptions());
  const [repository, setRepository] = useState("");
  const places = [
    { value: "", label: say("audit.everyRepository") },
    ...(projects.data ?? []).map((project) => ({ value: project.repository, label: project.repository })),
  ];
  return (
    <>
      <h2 className={style["detailTitle"]}>{say("audit.anchor")}</h2>
      <p className={style["explanation"]}>{say("audit.anchorWhat")}</p>
      <div className={style["actions"]}>
        <Select
          size="xs"
          w={220}
          allowDeselect={false}
          aria-label={say("audit.anchorWhere")}
          data={places}
          value={repository}
          onChange={(value) => setRepository(value ?? "")}
        />
        <Button
          size="xs"
          loading={anchor.isPending}
          leftSection={<IconAnchor size={14} />}
          onClick={() => anchor.mutate(repository === "" ? undefined : { repository })}
        >
          {say("audit.anchorNow")}
        </Button>
      </div>
      <Failure error={anchor.error} />
      <div role="status">{anchor.data ? <PublishedAnchor published={anchor.data} /> : undefined}</div>
    </>
  );
}

function PublishedAnchor({ published: { anchor, tags } }: { readonly published: Published }): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <p className={style["outcome"]}>
        <CheckMark check="holds" text="audit.anchored" />
        <Age at={anchor.at} />
      </p>
      <Section title={say("audit.headOf", { n: anchor.sequence })}>
        <dl className={style["facts"]}>
          <Fact name={say("audit.signedBy")} value={anchor.by} />
        </dl>
        <dl className={style["hashes"]}>
          <Hash name={say("audit.hash")} value={anchor.hash} />
          <Hash name={say("audit.key")} value={anchor.keyId} />
          <Hash name={say("audit.signature")} value={anchor.signature} />
        </dl>
      </Section>
      <Section title={say("audit.tags")}>
        {tags.length === 0 ? <p className={style["dim"]}>{say("audit.noTags")}</p> : undefined}
        <ul className={style["plain"]}>
          {tags.map(({ repository, tag }) => (
            <li key={repository}>
              <Foreign>{repository}</Foreign>{" "}
              <span className={style["mono"]}>
                <Foreign>{tag}</Foreign>
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
