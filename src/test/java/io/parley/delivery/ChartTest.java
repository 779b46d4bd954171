package io.parley.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBackend;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.parley.support.Config;
import io.parley.support.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ChartTest {
    private static final String SMALLEST = """
            config: {postgres: {host: db.example.org}, redis: {host: cache.example.org}}
            secrets: {existing: passwords}
            signingKeys: {existing: keys}
            """;
    private static final String MADE_SECRETS = """
            config: {postgres: {host: db}, redis: {host: cache}, auth: {registration: false}}
            secrets: {postgresPassword: "p: '\\"x", redisPassword: r, operatorKey: 0123456789abcdef0123456789abcdef}
            signingKeys: {files: {2026-11.pem: "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n"}}
            """;
    private static final String EVERYTHING = """
            replicas: 5
            image: {repository: registry.example.org/parley, tag: 1.2.3, pullSecrets: [{name: registry}]}
            config:
              http: {trustedProxies: [10.42.0.0/16], allowedOrigins: ["https://intranet.example.org"]}
              session: {drainMs: 40000}
              postgres: {host: db.example.org, port: 5433, sslMode: require}
              redis: {host: cache.example.org, tls: true}
              auth: {issuers: [{issuer: "https://erp.example.org", audience: parley, publicKeyFile: "", jwksUrl: "https://erp.example.org/jwks", tenant: default}]}
              limits: {textBytes: 8192}
            secrets: {existing: passwords}
            signingKeys: {existing: keys}
            busTls: {existing: bus}
            ingress: {enabled: true, className: haproxy, host: chat.example.org, tlsSecret: chat-tls, annotations: {a: b}}
            service: {type: LoadBalancer, annotations: {a: b}}
            networkPolicy:
              clients: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress}}}]
              monitoring: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
            serviceMonitor: {enabled: true, labels: {release: prometheus}}
            preStopSeconds: 10
            podAnnotations: {a: b}
            podLabels: {team: chat}
            nodeSelector: {kubernetes.io/arch: amd64}
            tolerations: [{key: chat, operator: Exists}]
            affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
            priorityClassName: high
            extraEnv: [{name: PARLEY_LOG_LEVEL, value: debug}]
            """;
    private static final String NOTHING_OPTIONAL = SMALLEST + """
            networkPolicy: {enabled: false}
            podDisruptionBudget: {enabled: false}
            ingress: {enabled: true}
            """;

    static final List<String> VALUES = List.of(SMALLEST, MADE_SECRETS, EVERYTHING, NOTHING_OPTIONAL);

    @TempDir
    Path directory;

    private ChartCopy chart(String values) {
        return new ChartCopy(directory).with(values);
    }

    @Test
    void itsDefaultsLintButDoNotRenderForSomeValuesMustBeGiven() {
        ChartCopy chart = new ChartCopy(directory);

        assertThat(chart.lint().isFailed()).isFalse();
        assertThatThrownBy(chart::render).hasMessageContaining("must be given");
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void itLintsStrictly(String values) {
        LintResult lint = chart(values).lint();

        assertThat(lint.isFailed())
                .as(() -> String.join("\n", lint.getMessages()))
                .isFalse();
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void whatItRendersHasOnlyFieldsThatKubernetesKnows(String values) {
        Manifests manifests = chart(values).render();

        assertThat(manifests.all().stream()
                        .filter(GenericKubernetesResource.class::isInstance)
                        .map(HasMetadata::getKind))
                .allMatch("ServiceMonitor"::equals);
        assertThat(manifests.unknownFields()).isEmpty();
    }

    @Test
    void misspeltFieldsAreFound() {
        Manifests spoilt = chart(SMALLEST)
                .replace("templates/nodes.yaml", "replicas:", "replicaz:")
                .replace("templates/nodes.yaml", "periodSeconds: 10", "periodSecondz: 10")
                .render();

        assertThat(spoilt.unknownFields())
                .containsExactlyInAnyOrder(
                        "StatefulSet.Spec.replicaz",
                        "StatefulSet.Spec.Template.Spec.Containers[].LivenessProbe.periodSecondz");
    }

    @Test
    void lintFindsABrokenTemplateAndAValueThatIsNoneOfTheCharts() {
        assertThat(chart(SMALLEST + "replicaz: 3\n").lint().getMessages())
                .anyMatch(message -> message.contains("replicaz"));
        assertThat(new ChartCopy(directory.resolve("second"))
                        .replace("templates/nodes.yaml", "{{ .Values.replicas }}", "{{ .Values.replicas.much }}")
                        .lint()
                        .isFailed())
                .isTrue();
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void selectorsSelectTheNodesAndNotThePodThatTestsThem(String values) {
        Manifests manifests = chart(values).render();
        Map<String, String> labels = manifests.podLabels();

        List<Map<String, String>> selectors = Stream.of(
                        Stream.of(manifests.nodes().getSpec().getSelector()),
                        manifests.of(PodDisruptionBudget.class).stream()
                                .map(each -> each.getSpec().getSelector()),
                        manifests.of(NetworkPolicy.class).stream()
                                .map(each -> each.getSpec().getPodSelector()),
                        manifests.pod().getTopologySpreadConstraints().stream().map(each -> each.getLabelSelector()))
                .flatMap(each -> each)
                .map(LabelSelector::getMatchLabels)
                .collect(Collectors.toList());
        manifests
                .of(Service.class)
                .forEach(service -> selectors.add(service.getSpec().getSelector()));
        Map<String, String> test =
                manifests.one(Pod.class, "talk-parley-test").getMetadata().getLabels();
        assertThat(selectors).hasSizeGreaterThan(4).allSatisfy(selector -> {
            assertThat(selector).isNotEmpty();
            assertThat(labels).containsAllEntriesOf(selector);
            assertThat(test.entrySet()).doesNotContainSequence(selector.entrySet());
        });
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void everythingThatNamesAPortNamesOneOfTheContainer(String values) {
        Manifests manifests = chart(values).render();
        Set<String> ports = manifests.container().getPorts().stream()
                .map(ContainerPort::getName)
                .collect(Collectors.toSet());

        Set<String> named = new TreeSet<>();
        manifests.of(Service.class).stream()
                .flatMap(service -> service.getSpec().getPorts().stream())
                .forEach(port -> named.add(port.getTargetPort().getStrVal()));
        manifests.of(NetworkPolicy.class).stream()
                .flatMap(policy -> policy.getSpec().getIngress().stream())
                .flatMap(rule -> rule.getPorts().stream())
                .forEach(port -> named.add(port.getPort().getStrVal()));
        probes(manifests)
                .forEach(probe -> named.add(probe.getHttpGet().getPort().getStrVal()));
        assertThat(ports).containsAll(named);
        Set<String> offered = manifests.one(Service.class, "talk-parley").getSpec().getPorts().stream()
                .map(ServicePort::getName)
                .collect(Collectors.toSet());
        assertThat(manifests.of(Ingress.class).stream()
                        .flatMap(ingress -> ingress.getSpec().getRules().getFirst().getHttp().getPaths().stream())
                        .map(path -> path.getBackend()))
                .map(IngressBackend::getService)
                .allSatisfy(service -> {
                    assertThat(service.getName()).isEqualTo("talk-parley");
                    assertThat(offered).contains(service.getPort().getName());
                });
    }

    private static List<Probe> probes(Manifests manifests) {
        return List.of(
                manifests.container().getStartupProbe(),
                manifests.container().getLivenessProbe(),
                manifests.container().getReadinessProbe());
    }

    @Test
    void onlyReadinessAsksWhetherRequestsMayCome() {
        assertThat(probes(chart(SMALLEST).render()))
                .extracting(probe -> probe.getHttpGet().getPath())
                .containsExactly("/health/live", "/health/live", "/health/ready");
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void aNodeAcceptsTheConfigurationAndListensWhereTheContainerSays(String values) throws IOException {
        Manifests manifests = chart(values).render();

        Config config = config(manifests);

        Map<String, Integer> ports = manifests.container().getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        assertThat(ports)
                .containsEntry("http", config.http().port())
                .containsEntry("session", config.session().port())
                .containsEntry("management", config.management().port());
        assertThat(config.postgres().embedded()).isFalse();
        assertThat(manifests.pod().getTerminationGracePeriodSeconds())
                .isGreaterThan(config.session().drainMs() / 1000 + 20);
    }

    /** As a pod would read it; only the directories and files that it mounts are elsewhere. */
    private Config config(Manifests manifests) throws IOException {
        Path file = Files.writeString(directory.resolve("parley.yaml"), rendered(manifests));
        Map<String, String> environment = new HashMap<>();
        for (EnvVar variable : manifests.container().getEnv()) {
            String value = variable.getValue();
            environment.put(variable.getName(), value == null ? "10.42.0.7" : value);
        }
        environment.put("PARLEY_AUTH_OPERATORKEY", "0123456789abcdef0123456789abcdef");
        environment.put("PARLEY_AUTH_KEYS", directory.toString());
        return ConfigLoader.load(file, environment);
    }

    private static String rendered(Manifests manifests) {
        return manifests.one(ConfigMap.class, "talk-parley").getData().get("parley.yaml");
    }

    @Test
    void clientsAreToldTheAddressOfTheIngress() throws IOException {
        Config config = config(chart(EVERYTHING).render());

        assertThat(config.http().publicUrl()).isEqualTo("https://chat.example.org");
        assertThat(config.session().publicUrl()).isEqualTo("wss://chat.example.org/ws");
    }

    @Test
    void nodesFindEachOtherBeforeTheyAreReady() throws IOException {
        Manifests manifests = chart(SMALLEST).render();

        Service nodes = manifests.one(Service.class, manifests.nodes().getSpec().getServiceName());
        JsonNode config = new YAMLMapper().readTree(rendered(manifests));

        assertThat(nodes.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(nodes.getSpec().getPublishNotReadyAddresses()).isTrue();
        assertThat(config.at("/cluster/service").textValue())
                .isEqualTo(nodes.getMetadata().getName() + ".chat.svc");
        assertThat(manifests.nodes().getSpec().getPodManagementPolicy()).isEqualTo("OrderedReady");
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void podsHaveNoRightsTheyDoNotNeed(String values) {
        Manifests manifests = chart(values).render();

        for (PodSpec pod : List.of(
                manifests.pod(), manifests.one(Pod.class, "talk-parley-test").getSpec())) {
            PodSecurityContext user = pod.getSecurityContext();
            SecurityContext container = pod.getContainers().getFirst().getSecurityContext();
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(user.getRunAsNonRoot()).isTrue();
            assertThat(user.getRunAsUser()).isPositive();
            assertThat(user.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(container.getAllowPrivilegeEscalation()).isFalse();
            assertThat(container.getReadOnlyRootFilesystem()).isTrue();
            assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
        }
        assertThat(manifests.of(ServiceAccount.class)).allMatch(account -> !account.getAutomountServiceAccountToken());
    }

    @Test
    void thePortsOfTheClusterAreForNodesAndTheFiguresForTheMonitoring() {
        Manifests manifests = chart(EVERYTHING).render();

        Map<Set<String>, NetworkPolicyIngressRule> rules =
                manifests.one(NetworkPolicy.class, "talk-parley").getSpec().getIngress().stream()
                        .collect(Collectors.toMap(
                                rule -> rule.getPorts().stream()
                                        .map(port -> port.getPort().getStrVal())
                                        .collect(Collectors.toSet()),
                                rule -> rule));

        assertThat(rules.get(Set.of("members", "bus")).getFrom())
                .singleElement()
                .satisfies(peer -> assertThat(manifests.podLabels())
                        .containsAllEntriesOf(peer.getPodSelector().getMatchLabels()));
        assertThat(rules.get(Set.of("management")).getFrom()).hasSize(1);
        assertThat(rules.get(Set.of("http", "session")).getFrom()).hasSize(2);
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void everyMountHasItsVolume(String values) {
        PodSpec pod = chart(values).render().pod();

        assertThat(pod.getContainers().getFirst().getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(
                        pod.getVolumes().stream().map(Volume::getName).toList());
    }

    @Test
    void passwordsAreInSecretsOnly() {
        Manifests manifests = chart(MADE_SECRETS).render();

        assertThat(rendered(manifests)).doesNotContain("assword", "operatorKey");
        assertThat(manifests.one(Secret.class, "talk-parley").getStringData())
                .containsEntry("postgres-password", "p: '\"x")
                .containsOnlyKeys("postgres-password", "redis-password", "operator-key");
        assertThat(manifests.one(Secret.class, "talk-parley-keys").getStringData())
                .containsOnlyKeys("2026-11.pem");
        ChartCopy careless = new ChartCopy(directory.resolve("second")).with(SMALLEST + """
                config: {postgres: {password: secret}}
                """);
        assertThatThrownBy(careless::render).hasMessageContaining("password");
    }
}
