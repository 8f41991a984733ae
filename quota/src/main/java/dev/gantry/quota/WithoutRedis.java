package dev.gantry.quota;

/** What holds for limits that several nodes share while Redis cannot be used. */
public enum WithoutRedis {
    /** Each node enforces its share: the limit divided by the number of nodes. */
    SHARE,
    /** What a shared limit would have to admit is refused. */
    REFUSE
}
