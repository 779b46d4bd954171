package io.parley.delivery;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Rendered manifests as typed objects, and what in them Kubernetes does not know. */
record Manifests(List<HasMetadata> all) {
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    static Manifests parse(String text) {
        return new Manifests(Stream.of(text.split("(?m)^---$", -1))
                .filter(document -> !document.replaceAll("(?m)^\\s*(#.*)?$", "").isBlank())
                .map(document -> SERIALIZATION.<HasMetadata>unmarshal(document))
                .toList());
    }

    <T extends HasMetadata> List<T> of(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends HasMetadata> T one(Class<T> kind, String name) {
        return of(kind).stream()
                .filter(each -> each.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind.getSimpleName() + " " + name));
    }

    StatefulSet nodes() {
        return one(StatefulSet.class, "talk-parley");
    }

    PodSpec pod() {
        return nodes().getSpec().getTemplate().getSpec();
    }

    Container container() {
        return pod().getContainers().getFirst();
    }

    Map<String, String> podLabels() {
        return nodes().getSpec().getTemplate().getMetadata().getLabels();
    }

    /**
     * Paths of all fields that the types of their kind do not have, or that have a value of another type. Of a kind that
     * is not Kubernetes' own nothing is known.
     */
    List<String> unknownFields() {
        List<String> unknown = new ArrayList<>();
        all.stream()
                .filter(each -> !(each instanceof GenericKubernetesResource))
                .forEach(each -> collect(each, each.getKind(), unknown));
        return unknown;
    }

    private static void collect(Object value, String path, List<String> unknown) {
        if (value instanceof List<?> list) {
            list.forEach(item -> collect(item, path + "[]", unknown));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> collect(item, path + "." + key, unknown));
        } else if (value instanceof KubernetesResource) {
            for (Method getter : value.getClass().getMethods()) {
                if (getter.getName().startsWith("get") && getter.getParameterCount() == 0) {
                    field(value, getter, path, unknown);
                }
            }
        }
    }

    private static void field(Object owner, Method getter, String path, List<String> unknown) {
        Object value;
        try {
            value = getter.invoke(owner);
        } catch (ReflectiveOperationException defect) {
            throw new IllegalStateException("cannot read " + getter, defect);
        }
        if (getter.getName().equals("getAdditionalProperties")) {
            ((Map<?, ?>) value).keySet().forEach(name -> unknown.add(path + "." + name));
        } else if (value != null) {
            collect(value, path + "." + getter.getName().substring(3), unknown);
        }
    }
}
