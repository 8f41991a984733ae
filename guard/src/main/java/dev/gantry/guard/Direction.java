package dev.gantry.guard;

/** Which way text goes. */
public enum Direction {
    /** From the caller to a model: messages, system text, results of tools. */
    PROMPT,
    /** From a model to the caller: answers, arguments of tool calls. */
    ANSWER
}
