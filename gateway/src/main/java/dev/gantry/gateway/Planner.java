package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.ModelGroup;
import dev.gantry.metering.Tier;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ClientSchema.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which models may answer and in which order. What a caller needs for a name is decided here too: for a model the
 * permission on that model, and its fallbacks answer only callers who might have named them; for a group the permission on the
 * group, behind which its members and fallbacks are the operator's choice. Thread-safe.
 */
final class Planner {
    /** Most models that may answer one request. */
    private static final int CANDIDATES_MAX = ModelGroup.MEMBERS_MAX;

    /** Of a tier so many of the least expensive models may answer. */
    private static final int TIER_MODELS_MAX = 3;

    /** Tiers of models that converse, from the simplest on. */
    private static final List<Tier> CONVERSING = List.of(Tier.SIMPLE, Tier.STANDARD, Tier.COMPLEX);

    private static final String OFFLINE = "offline";

    private final Predicate<Model> available;
    private final Circuits circuits;
    private final Residency residency;
    private final Selection selection;
    private final Balancer balancer;

    /** {@code available} tells whether a model's provider is configured and has it. */
    Planner(
            Predicate<Model> available,
            Circuits circuits,
            Residency residency,
            Selection selection,
            Balancer balancer) {
        this.available = available;
        this.circuits = circuits;
        this.residency = residency;
        this.selection = selection;
        this.balancer = balancer;
    }

    /** One request for a plan. */
    private record Question(ModelCatalog catalog, Caller caller, Prompt prompt, List<Residency.Bound> bounds) {
        /** Whether the caller might have named a model; what an asset or the operator named needs no permission. */
        boolean mayName(Model model) {
            return !prompt.subject().ownModel() || caller.may(Admission.permissionFor(model));
        }
    }

    Plan plan(ModelCatalog catalog, Wishes wishes, Caller caller, Prompt prompt) {
        Question question = new Question(catalog, caller, prompt, residency.bounds(caller, wishes));
        String name = prompt.model();
        Optional<Model> model = catalog.find(name);
        if (model.isPresent()) {
            return ofModel(question, name, Admission.permissionFor(model.get()), model.get(), "");
        }
        Optional<ModelGroup> group = catalog.group(name);
        if (group.isPresent()) {
            return ofGroup(question, name, group.get(), "");
        }
        if (name.equals(selection.name())) {
            return selected(question, name, wishes);
        }
        catalog.require(name);
        throw nobody(name);
    }

    private Plan ofModel(Question question, String name, Permission permission, Model model, String reason) {
        if (model.fallbacks().isEmpty() && question.bounds().isEmpty()) {
            return new Plan(name, permission, List.of(model), reason, false);
        }
        List<Model> candidates = new ArrayList<>();
        candidates.add(model);
        for (String fallback : model.fallbacks()) {
            question.catalog()
                    .find(fallback)
                    .filter(other -> !candidates.contains(other)
                            && available.test(other)
                            && question.mayName(other)
                            && canStandIn(question, model, other))
                    .ifPresent(candidates::add);
        }
        List<Model> allowed = within(question, name, candidates);
        boolean moved = !allowed.getFirst().equals(model);
        return new Plan(
                name,
                permission,
                allowed,
                moved ? model.name() + " is not where the request must stay" : reason,
                false);
    }

    /** Vectors of different models have nothing to do with each other. */
    private static boolean canStandIn(Question question, Model model, Model other) {
        return question.prompt().operation() != Operation.EMBEDDINGS
                || model.upstreamName().equals(other.upstreamName());
    }

    private Plan ofGroup(Question question, String name, ModelGroup group, String reason) {
        List<Balancer.Share> healthy = new ArrayList<>();
        List<Balancer.Share> failing = new ArrayList<>();
        boolean outside = false;
        for (ModelGroup.Member member : group.members()) {
            Optional<Model> model = question.catalog().find(member.model()).filter(available);
            if (model.isEmpty()) {
                continue;
            }
            if (!residency.admits(model.get(), question.bounds())) {
                outside = true;
                continue;
            }
            (circuits.refuses(model.get()) ? failing : healthy).add(new Balancer.Share(model.get(), member.weight()));
        }
        boolean stream = question.prompt().stream();
        LinkedHashSet<Model> candidates =
                new LinkedHashSet<>(balancer.order(healthy, group.balance(), group.costBias(), stream));
        candidates.addAll(balancer.order(failing, group.balance(), group.costBias(), stream));
        for (String fallback : group.fallbacks()) {
            Optional<Model> model = question.catalog().find(fallback).filter(available);
            if (model.isPresent() && residency.admits(model.get(), question.bounds())) {
                candidates.add(model.get());
            }
            outside |= model.isPresent() && !candidates.contains(model.get());
        }
        if (candidates.isEmpty()) {
            throw outside ? Residency.refusal(name, question.bounds()) : nobody(name);
        }
        String why = reason.isEmpty() ? "group " + group.name() : reason;
        return new Plan(name, permissionFor(name), List.copyOf(candidates), why, true);
    }

    private Plan selected(Question question, String name, Wishes wishes) {
        if (question.prompt().operation() == Operation.EMBEDDINGS) {
            throw new GantryException(
                    ErrorCode.UNKNOWN_MODEL,
                    "'" + name + "' chooses among models that converse; name the model whose vectors you want");
        }
        Selection.Choice choice =
                selection.choose(wishes, question.prompt().subject().pattern(), inputBytes(question.prompt()));
        String target = choice.target();
        if (target == null) {
            return ofTier(question, name, choice);
        }
        Optional<ModelGroup> group = question.catalog().group(target);
        if (group.isPresent()) {
            return ofGroup(question, name, group.get(), choice.reason());
        }
        Model model = question.catalog().require(target);
        List<Model> candidates = new ArrayList<>();
        if (available.test(model)) {
            candidates.add(model);
        }
        for (String fallback : model.fallbacks()) {
            question.catalog().find(fallback).filter(available).ifPresent(candidates::add);
        }
        if (candidates.isEmpty()) {
            throw nobody(target);
        }
        return new Plan(name, permissionFor(name), within(question, name, candidates), choice.reason(), false);
    }

    /** Nobody has put the models of a tier together for this caller, so that only those are taken which it might name. */
    private Plan ofTier(Question question, String name, Selection.Choice choice) {
        Tier tier = choice.tier() == null ? Tier.STANDARD : choice.tier();
        List<Model> usable = question.catalog().models().stream()
                .filter(model -> available.test(model) && generates(model) && question.mayName(model))
                .toList();
        LinkedHashSet<Model> candidates = new LinkedHashSet<>();
        for (Tier next : CONVERSING) {
            if (next.compareTo(tier) >= 0) {
                candidates.addAll(cheapest(question, usable, next));
            }
        }
        for (Tier next : CONVERSING.reversed()) {
            candidates.addAll(cheapest(question, usable, next));
        }
        if (candidates.isEmpty()) {
            throw usable.isEmpty() || question.bounds().isEmpty()
                    ? nobody(name)
                    : Residency.refusal(name, question.bounds());
        }
        return new Plan(
                name,
                permissionFor(name),
                candidates.stream().limit(CANDIDATES_MAX).toList(),
                choice.reason(),
                false);
    }

    private List<Model> cheapest(Question question, List<Model> usable, Tier tier) {
        return usable.stream()
                .filter(model -> model.tier() == tier && residency.admits(model, question.bounds()))
                .sorted(Comparator.comparingDouble(Loads::price).thenComparing(Model::name))
                .limit(TIER_MODELS_MAX)
                .toList();
    }

    /** What only extracts, or makes vectors, is no answer to a task of any kind. */
    private static boolean generates(Model model) {
        return !model.provider().equals(OFFLINE) && model.tier() != Tier.EMBEDDING;
    }

    private List<Model> within(Question question, String name, List<Model> candidates) {
        List<Model> allowed = candidates.stream()
                .filter(model -> residency.admits(model, question.bounds()))
                .limit(CANDIDATES_MAX)
                .toList();
        if (allowed.isEmpty()) {
            throw Residency.refusal(name, question.bounds());
        }
        return allowed;
    }

    private static long inputBytes(Prompt prompt) {
        if (prompt instanceof Prompt.Raw raw) {
            return raw.body().length;
        }
        return prompt.conversation().messages().stream()
                .flatMap(message -> message.parts().stream())
                .mapToLong(part -> part instanceof Part.Text text ? text.text().length() : 0)
                .sum();
    }

    /** Returns the permission that naming a group needs. */
    static Permission permissionFor(String group) {
        return Permission.of("models", "execute", ModelGroup.NAMESPACE, group);
    }

    static GantryException nobody(String name) {
        return new GantryException(
                ErrorCode.UNKNOWN_MODEL,
                "No provider that serves a model of '" + Text.shorten(name, 100)
                        + "' is configured; set its key (see docs/providers.md) or choose another model");
    }
}
