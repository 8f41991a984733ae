package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Does the work of a kind of jobs. */
@FunctionalInterface
public interface JobHandler {
    /**
     * Does it, on a virtual thread of its own, which is interrupted when the node stops. May be called again for the same job
     * after an exception and after the death of a process, so that its effects must bear being repeated; {@link RunningJob#id}
     * stays the same.
     *
     * @return what is kept of it; null for nothing
     * @throws JobFailed when trying again would be in vain
     * @throws Exception any other is a reason to try again, as often as the kind allows
     */
    @Nullable
    ObjectNode run(RunningJob job) throws Exception;
}
