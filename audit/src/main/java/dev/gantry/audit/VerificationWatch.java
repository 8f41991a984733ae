package dev.gantry.audit;

import dev.gantry.audit.VerificationReport.Finding;
import java.util.List;

/** Is told what the verifications find that nodes do by themselves. Implementations are thread-safe and must not block for long. */
public interface VerificationWatch {
    /** Told at once, and once in each verification, of what is wrong. */
    void found(List<Finding> findings);

    /** Told when a verification of everything has ended. */
    void finished(Verified verified);
}
