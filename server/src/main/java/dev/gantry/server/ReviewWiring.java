package dev.gantry.server;

import dev.gantry.gateway.Guard;
import dev.gantry.gateway.Router;
import dev.gantry.guard.Direction;
import dev.gantry.guard.GuardFinding;
import dev.gantry.guard.Inspection;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import dev.gantry.provider.TokenEstimator;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.Registry;
import dev.gantry.registry.ReviewCheck;
import dev.gantry.registry.Reviewers;
import dev.gantry.registry.Reviews;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Joins reviews to identity, to the guard and to the prices of models. */
final class ReviewWiring {
    private static final String PROMPT_INJECTION = "prompt_injection";

    private ReviewWiring() {}

    static Reviews open(Registry registry, Identity identity, Guard guard, Router router, List<ReviewCheck> more) {
        List<ReviewCheck> checks = Stream.concat(
                        Stream.of(new InjectionCheck(guard), new CostCheck(router)), more.stream())
                .toList();
        return registry.reviews(new People(identity), checks);
    }

    private record People(Identity identity) implements Reviewers {
        @Override
        public @Nullable Caller now(UUID organization, UUID principal) {
            try {
                return identity.onBehalf(organization, principal, null);
            } catch (GantryException refused) {
                if (refused.code().kind() == ErrorCode.Kind.INTERNAL) {
                    throw refused;
                }
                return null;
            }
        }

        @Override
        public List<String> groups(Caller caller) {
            return identity.groups(caller);
        }
    }

    /** The operator's rules on prompts, on the text as it would go to a model. */
    private record InjectionCheck(Guard guard) implements ReviewCheck {
        @Override
        public String name() {
            return "injection";
        }

        @Override
        public Result run(Caller caller, AssetVersion version) {
            Inspection inspection = guard.open(team(caller, version.name()), Direction.PROMPT);
            if (inspection.isOff()) {
                return new Result(name(), Status.SKIPPED, "the guard is switched off");
            }
            try {
                inspection.inspect(version.content());
            } catch (GantryException refusal) {
                if (refusal.code() != ErrorCode.CONTENT_BLOCKED) {
                    throw refusal;
                }
                return new Result(name(), Status.FAILED, String.valueOf(refusal.getMessage()));
            }
            List<GuardFinding> findings = inspection.findings();
            String found = findings.stream()
                    .map(finding -> finding.count() + " × " + finding.kind())
                    .collect(Collectors.joining(", "));
            boolean injected =
                    findings.stream().anyMatch(finding -> finding.kind().startsWith(PROMPT_INJECTION));
            return new Result(
                    name(), injected ? Status.FAILED : Status.PASSED, findings.isEmpty() ? "nothing found" : found);
        }
    }

    /** Of what belongs to a team that team's rules decide, whoever has it looked at. */
    private static @Nullable String team(Caller caller, AssetName name) {
        boolean shared =
                name.namespace().equals(AssetName.SHARED) || name.namespace().startsWith("~");
        return shared ? caller.team() : name.namespace();
    }

    /** What one run costs at least; for people to look at. */
    private record CostCheck(Router router) implements ReviewCheck {
        @Override
        public String name() {
            return "cost";
        }

        @Override
        public Result run(Caller caller, AssetVersion version) {
            if (version.kind() == AssetKind.WORKFLOW) {
                return new Result(name(), Status.SKIPPED, "the cost of a workflow depends on its steps");
            }
            String name = version.frontMatter().model();
            long tokens = TokenEstimator.count(version.content());
            try {
                Model model = router.resolve(name == null ? router.defaultModel() : name);
                Integer wished = version.frontMatter().outputTokensMax();
                long longest = wished != null ? wished : model.outputTokensMax();
                String prompt = router.catalog()
                        .cost(model, new TokenUsage(tokens, 0, 0, 0, 0, true))
                        .dollars()
                        .toPlainString();
                String most = router.catalog()
                        .cost(model, new TokenUsage(tokens, longest, 0, 0, 0, true))
                        .dollars()
                        .toPlainString();
                return new Result(
                        name(),
                        Status.PASSED,
                        tokens + " tokens without the input: $" + prompt + " a run with " + model.name()
                                + (longest > 0 ? ", up to $" + most + " with the longest answer" : ""));
            } catch (GantryException unknown) {
                if (unknown.code() != ErrorCode.UNKNOWN_MODEL) {
                    throw unknown;
                }
                return new Result(name(), Status.FAILED, String.valueOf(unknown.getMessage()));
            }
        }
    }
}
