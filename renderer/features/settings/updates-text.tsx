import { Button } from "@mantine/core";
import type { ReactElement } from "react";
import { useHostConnection } from "../../host-client/host-context.tsx";
import { useUpdates } from "../../host-client/use-updates.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./settings.module.css";

/** How the application is kept up to date, and what the owner may do about it. */
export function UpdatesText(): ReactElement {
  const { say } = useSpeech();
  const { updates } = useHostConnection().source;
  const known = useUpdates();
  if (!known) return <span className={style["aside"]}>{say("settings.updates.checking")}</span>;
  const { course, working } = known;
  const look = (
    <Button variant="default" size="compact-xs" onClick={() => updates?.check()}>
      {say("settings.updates.check")}
    </Button>
  );
  switch (course.phase) {
    case "off":
      return <>{say(`settings.updates.${course.why}`)}</>;
    case "idle":
      return (
        <span className={style["updates"]}>
          <span>
            {course.failure !== undefined
              ? say("settings.updates.failed")
              : course.checkedAt === undefined
                ? say("settings.updates.notYet")
                : say("settings.updates.current")}{" "}
            {course.failure === undefined ? undefined : <Foreign>{course.failure}</Foreign>}{" "}
            {course.checkedAt === undefined ? undefined : <Age at={course.checkedAt} />}
          </span>
          {look}
        </span>
      );
    case "checking":
      return <>{say("settings.updates.checking")}</>;
    case "downloading":
      return <>{say("settings.updates.downloading", { version: course.version, percent: Math.floor(course.percent) })}</>;
    case "ready":
      return (
        <span className={style["updates"]}>
          <span>
            {say("settings.updates.ready", { version: course.version })}{" "}
            {working > 0 ? <span className={style["aside"]}>{say("settings.updates.busy")}</span> : undefined}
          </span>
          <Button size="compact-xs" disabled={working > 0} onClick={() => updates?.install()}>
            {say("settings.updates.install")}
          </Button>
        </span>
      );
    case "installing":
      return <>{say("settings.updates.installing", { version: course.version })}</>;
  }
}
