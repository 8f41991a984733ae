package dev.gantry.registry;

import dev.gantry.identity.Caller;
import java.util.ArrayList;
import java.util.List;

/** Looks at what an author may have overlooked: what has no effect, and who will not find it. */
final class LintCheck implements ReviewCheck {
    private final AssetWrites writes;

    LintCheck(AssetWrites writes) {
        this.writes = writes;
    }

    @Override
    public String name() {
        return "lint";
    }

    @Override
    public Result run(Caller caller, AssetVersion version) {
        if (TextMerge.hasMarkers(version.content())) {
            return new Result(name(), Status.FAILED, "The text holds markers of an unresolved merge (<<<<<<<)");
        }
        List<String> remarks = new ArrayList<>(
                writes.check(version.kind(), version.content()).source().warnings());
        if (version.frontMatter().description() == null) {
            remarks.add("it has no description");
        }
        if (version.tags().isEmpty()) {
            remarks.add("it has no tags");
        }
        return new Result(name(), Status.PASSED, remarks.isEmpty() ? "nothing found" : String.join("; ", remarks));
    }
}
