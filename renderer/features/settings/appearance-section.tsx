import { Kbd, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { languages } from "../../../core/contract/shell.ts";
import { languageNames, useSpeech } from "../../i18n/language.tsx";
import { colorSchemes } from "../../ui/color-schemes.ts";
import style from "./settings.module.css";

/** Colours and language of this window. */
export function AppearanceSection(): ReactElement {
  const { say, language, choose } = useSpeech();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <h2 className={style["title"]}>{say("settings.appearance")}</h2>
      <Choice title={say("settings.appearance.theme")}>
        <SegmentedControl
          aria-label={say("settings.appearance.theme")}
          value={colorScheme}
          onChange={(value) => setColorScheme(colorSchemes.find((scheme) => scheme === value) ?? "auto")}
          data={colorSchemes.map((scheme) => ({ value: scheme, label: say(`settings.appearance.${scheme}`) }))}
        />
      </Choice>
      <Choice title={say("settings.appearance.language")}>
        <SegmentedControl
          aria-label={say("settings.appearance.language")}
          value={language}
          onChange={(value) => choose(languages.find((known) => known === value) ?? "en")}
          data={languages.map((known) => ({ value: known, label: languageNames[known] }))}
        />
        <p className={style["note"]}>{say("settings.appearance.languageNote")}</p>
      </Choice>
      <Choice title={say("settings.appearance.zoom")}>
        <p className={style["keysNote"]}>
          <Kbd>Ctrl +</Kbd> {say("settings.appearance.zoomNote")} <Kbd>Ctrl −</Kbd> {say("settings.appearance.zoomSmaller")} <Kbd>Ctrl 0</Kbd>{" "}
          {say("settings.appearance.zoomReset")}
        </p>
        <p className={style["note"]}>{say("settings.appearance.motion")}</p>
      </Choice>
    </>
  );
}

function Choice({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className={style["choice"]}>
      <h3>{title}</h3>
      <div>{children}</div>
    </section>
  );
}
