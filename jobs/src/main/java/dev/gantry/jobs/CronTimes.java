package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.schedule.CronSchedule;
import com.github.kagkarlsson.scheduler.task.schedule.CronStyle;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The times of a cron expression in a time zone. Five fields as in Unix ({@code minute hour day month weekday}). A time that
 * a change to summer time leaves out is skipped or moved on as cron-utils does; one that comes twice fires once.
 */
public final class CronTimes {
    private static final Duration FAR = Duration.ofDays(36_500);

    private final CronSchedule schedule;

    private CronTimes(CronSchedule schedule) {
        this.schedule = schedule;
    }

    /**
     * Reads an expression.
     *
     * @param zone such as {@code Europe/Berlin}
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if either cannot be read
     */
    public static CronTimes parse(String cron, String zone) {
        ZoneId place;
        try {
            place = ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(zone, 60) + "' is not a time zone; give one such as Europe/Berlin or UTC");
        }
        try {
            return new CronTimes(new CronSchedule(cron, place, CronStyle.UNIX));
        } catch (IllegalArgumentException malformed) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(cron, 60)
                            + "' is not a cron expression of five fields (minute hour day month weekday): "
                            + Text.shorten(String.valueOf(malformed.getMessage()), 200));
        }
    }

    /** Returns the first time after a moment; empty if there is none. */
    public Optional<Instant> after(Instant moment) {
        Instant next = schedule.getNextExecutionTime(ExecutionComplete.simulatedSuccess(moment));
        return next.isAfter(moment.plus(FAR)) ? Optional.empty() : Optional.of(next);
    }
}
