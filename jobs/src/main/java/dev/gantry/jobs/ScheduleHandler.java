package dev.gantry.jobs;

import java.time.Instant;
import java.util.UUID;

/** Hears of schedules that fire. */
@FunctionalInterface
public interface ScheduleHandler {
    /**
     * Does what is due, in the transaction that moves the schedule on: each time fires once, over all nodes and whatever
     * dies. Should be quick, and add a task for what takes time.
     *
     * @param at the time of the schedule that is due
     * @throws RuntimeException is kept with the schedule as its problem; nothing of the transaction happens except that the
     *     schedule moves on
     */
    void fire(TaskTransaction transaction, UUID organization, Schedule schedule, Instant at);
}
