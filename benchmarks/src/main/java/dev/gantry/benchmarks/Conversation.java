package dev.gantry.benchmarks;

import java.util.Locale;

/** What is said in a run: the same request and the same answer for everyone. */
enum Conversation {
    /** A short question and a short answer. */
    SHORT(
            "What does a gateway do, and why would a company want one?",
            "A gateway stands between programs and the models they ask: it knows who asks, what it costs and what may leave"
                    + " the house, so that a company keeps its hand on all three."),

    /** A prompt of 2 KB and an answer of 1 KB, with numbers that look like more than they are, and one address. */
    LONG(Texts.prompt(), Texts.answer());

    private final String prompt;
    private final String answer;

    Conversation(String prompt, String answer) {
        this.prompt = prompt;
        this.answer = answer;
    }

    /** Returns the chat request to an upstream. */
    String request(Subject.Upstream upstream) {
        return """
                {"model":"bench-%s","messages":[{"role":"system","content":"You answer in one sentence."},\
                {"role":"user","content":"%s"}],"temperature":0.2,"max_tokens":200%s}""".formatted(
                        upstream.name().toLowerCase(Locale.ROOT),
                        prompt,
                        upstream == Subject.Upstream.STREAM ? ",\"stream\":true" : "");
    }

    /** Returns the whole answer of an upstream. */
    String reply() {
        return """
                {"id":"chatcmpl-bench","object":"chat.completion","created":1760000000,"model":"bench","choices":[{"index":0,\
                "message":{"role":"assistant","content":"%s"},"logprobs":null,"finish_reason":"stop"}],\
                "usage":{"prompt_tokens":34,"completion_tokens":41,"total_tokens":75}}""".formatted(answer);
    }

    /** What a person in support might write, without quotes or line ends, so that it is JSON as it stands. */
    private static final class Texts {
        private static final String MAIL =
                "On Monday the 12th the customer wrote that order 4711-0815 of version 2.14.3 had"
                        + " arrived without its cable. We checked the parcel in the system: it left the warehouse at 14:05, weighed"
                        + " 1.25 kg and was signed for two days later. The invoice 2026-11-000482 over 129.90 is paid. Please write a"
                        + " polite answer that offers a new cable within 3 working days, and say that nothing needs to be sent back."
                        + " Mention the commit 9f86d081884c7d65 only inside of the house. ";

        private static String prompt() {
            StringBuilder text = new StringBuilder("Summarize these notes for maria.keller@example.org. ");
            while (text.length() < 2_048 - MAIL.length()) {
                text.append(MAIL);
            }
            return text.toString().strip();
        }

        private static String answer() {
            StringBuilder text = new StringBuilder();
            while (text.length() < 1_024 - MAIL.length() / 2) {
                text.append(MAIL);
            }
            return text.toString().strip();
        }
    }
}
