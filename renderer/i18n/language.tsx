import { createContext, useContext, useEffect, useMemo, useState, type ReactElement, type ReactNode } from "react";
import { languages, type Language } from "../../core/contract/shell.ts";
import { en, type Text, type Texts } from "./en.ts";
import { pseudoLanguage, pseudoTexts } from "./pseudo.ts";
import { ru } from "./ru.ts";

const catalogues: Readonly<Record<Language, Texts>> = { en, ru };
/** A language is called what it calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: "English", ru: "Русский" };
const kept = "signalbox.language";

/** Puts a text into the owner's language; `{name}` in it is replaced by the value of that name. */
export type Say = (text: Text, values?: Readonly<Record<string, string | number>>) => string;

interface Speech {
  readonly language: Language;
  readonly say: Say;
  readonly choose: (language: Language) => void;
}

const SpeechContext = createContext<Speech | undefined>(undefined);

/** @param onSpeak is told the language at the start and whenever it changes. */
export function LanguageProvider({ onSpeak, children }: { readonly onSpeak: (language: Language) => void; readonly children: ReactNode }): ReactElement {
  const [chosen, setChosen] = useState(() => window.localStorage.getItem(kept));
  const language = languageOf(chosen);
  const texts = useMemo(() => (chosen === pseudoLanguage ? pseudoTexts(en) : catalogues[language]), [chosen, language]);
  useEffect(() => {
    document.documentElement.lang = language;
    onSpeak(language);
  }, [language, onSpeak]);
  const choose = (next: Language): void => {
    window.localStorage.setItem(kept, next);
    setChosen(next);
  };
  return <SpeechContext value={{ language, choose, say: createSay(texts) }}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (!speech) throw new Error("a screen stands outside of its LanguageProvider");
  return speech;
}

export function createSay(texts: Texts): Say {
  return (text, values = {}) => texts[text].replaceAll(/\{(?<name>\w+)\}/gu, (whole, name: string) => String(values[name] ?? whole));
}

/** What was chosen, or else what the system speaks. */
function languageOf(chosen: string | null): Language {
  const wanted = chosen ?? navigator.language.slice(0, 2);
  return languages.find((language) => language === wanted) ?? "en";
}
