package dev.gantry.guard;

/** The words of which attempts to turn a model against its instructions consist, in several languages. */
final class InjectionWords {
    /** Verbs that do away with instructions. */
    static final String[] OVERRIDES = words("""
            ignore ignoring disregard disregarding forget override overrule bypass neglect discard overlook circumvent
            ignoriere ignorieren vergiss vergesst missachte verwirf ignorez oubliez oublie contourne ignora ignorá olvida
            olvide descarta dimentica trascura negeer vergeet esqueça desconsidere игнорируй игнорируйте забудь забудьте""");

    /** Verbs that ask for what is not to be told. */
    static final String[] REVEALS = words("""
            reveal show print repeat output display tell give leak dump recite expose disclose echo quote what share
            zeige zeig wiederhole affiche montre révèle répète muestra revela repite mostra rivela ripeti toon herhaal
            покажи повтори""");

    /** Words that change who the model is to be. */
    static final String[] PERSONAS = words("""
            act pretend roleplay behave respond answer become simulate enter enable activate switch you emulate imagine
            stay""");

    /** Words that speak to a model, or announce other instructions. */
    static final String[] ADDRESSES = words("""
            attention note important dear hey hello new updated additional real actual secret hidden admin system special
            urgent if begin end stop developer jailbreak""");

    /** Words that take something away, or hide it. */
    static final String[] DEEDS = words("""
            send post forward email upload transmit exfiltrate leak append submit copy don never not without call invoke
            execute no longer""");

    /** What is done away with. */
    static final WordTable<Boolean> RULES = WordTable.of("""
            instructions instruction prompt prompts rules guidelines directives directive commands restrictions constraints
            safeguards programming policies messages context conditioning limitations guardrails
            anweisungen anweisung instruktionen regeln vorgaben befehle richtlinien consignes règles directives
            instrucciones reglas indicaciones órdenes istruzioni regole instructies regels instruções regras
            инструкции инструкций правила указания""");

    /** What makes these the model's own: those that came before, or all of them. */
    static final WordTable<Boolean> OWN = WordTable.of("""
            previous prior above preceding earlier existing original initial system your all any former past every
            everything foregoing current vorherigen vorigen bisherigen obigen alle allen deine ihre sämtliche précédentes
            précédents antérieures toutes vos tes anteriores previas previos todas tus precedenti tutte vorige eerdere jouw
            suas все предыдущие прежние before""");

    /** What may stand between. */
    static final WordTable<Boolean> BETWEEN = WordTable.of("""
            the of these those my and or that come came what you have been given told safety content security ethical
            moral other me us full entire exact complete whole back out is are were in please contents hidden secret
            internal developer base to this les le la las los die den der das de du i mir nous il gli i het van os as todo
            todos por favor completamente completely just now again first line lines its own set up starting from following""");

    /** What makes a prompt one that is not to be told. */
    static final WordTable<Boolean> CONFIDENTIAL = WordTable.of("""
            system initial hidden secret internal developer original your above base confidential preceding previous
            systemprompt""");

    /** What a model was told. */
    static final WordTable<Boolean> TOLD = WordTable.of("""
            prompt prompts instructions instruction message messages directive directives guidelines rules configuration
            text anweisungen systemprompt instrucciones istruzioni consignes preprompt""");

    /** What a model is made into. */
    static final WordTable<Boolean> UNBOUND = WordTable.of("""
            dan jailbroken jailbreak unrestricted unfiltered uncensored unbound unaligned amoral evil godmode""");

    /** What a model is to be without. */
    static final WordTable<Boolean> LIMITS = WordTable.of("""
            restrictions restriction rules limits limitations filters filter censorship ethics morals guidelines boundaries
            constraints safeguards guardrails policies restraint""");

    /** What takes limits away. */
    static final WordTable<Boolean> LACKING = WordTable.of("no without any zero ignoring lacking free from");

    /** Who is spoken to. */
    static final WordTable<Boolean> MODELS = WordTable.of("""
            ai llm llms assistant assistants chatgpt claude gpt gemini model models bot chatbot copilot agent agents""");

    /** What is announced. */
    static final WordTable<Boolean> ORDERS = WordTable.of("""
            instruction instructions directive directives task objective command commands override prompt""");

    /** Who is kept in the dark. */
    static final WordTable<Boolean> PEOPLE =
            WordTable.of("user users human humans customer anyone anybody owner operator administrator");

    /** How somebody is told. */
    static final WordTable<Boolean> TELLING = WordTable.of("""
            tell inform mention alert notify telling informing mentioning alerting notifying letting show reveal warn""");

    /** What is taken away. */
    static final WordTable<Boolean> GOODS = WordTable.of("""
            conversation history credentials credential passwords password secrets secret keys key tokens token cookies
            emails contacts files contents data database transcript messages inbox document documents""");

    /** Verbs before which a sentence tells of others, and does not command. */
    static final ContextWords<Boolean> TELLS_OF_OTHERS = ContextWords.of(
            "may",
            "might",
            "could",
            "can",
            "will",
            "would",
            "not",
            "never",
            "who",
            "which",
            "that",
            "models",
            "model",
            "attackers",
            "attacker",
            "they",
            "users",
            "it",
            "don't",
            "doesn't",
            "cannot",
            "can't",
            "won't",
            "shouldn't",
            "should",
            "to",
            "t",
            "we",
            "he",
            "she",
            "people",
            "i",
            "always",
            "often",
            "sometimes",
            "simply",
            "llms");

    /** Commands all the same. */
    static final ContextWords<Boolean> COMMANDS = ContextWords.of(
            "you to",
            "you will",
            "you should",
            "you must",
            "you can",
            "you shall",
            "must",
            "have to",
            "want to",
            "you may",
            "need to",
            "going to");

    /** Texts about attacks. */
    static final ContextWords<Boolean> ABOUT_ATTACKS = ContextWords.of(
            "phrase",
            "phrases",
            "such as",
            "like",
            "example",
            "examples",
            "attack",
            "attacks",
            "injection",
            "injections",
            "attacker",
            "attackers",
            "e g",
            "says",
            "say",
            "called",
            "string",
            "strings",
            "jailbreaks",
            "payload",
            "payloads",
            "pattern",
            "patterns",
            "detect",
            "detects",
            "detector",
            "filter",
            "block",
            "blocks",
            "contains",
            "containing",
            "includes",
            "including",
            "text",
            "wrote",
            "written",
            "quote",
            "known",
            "typical",
            "classic",
            "common",
            "input",
            "test",
            "words",
            "sentence",
            "prompts",
            "matches",
            "match",
            "regex",
            "assert",
            "instructs");

    private InjectionWords() {}

    private static String[] words(String text) {
        return text.strip().split("\\s+");
    }
}
