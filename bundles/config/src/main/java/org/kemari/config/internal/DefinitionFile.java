package org.kemari.config.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.configuration2.YAMLConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.interpol.ConfigurationInterpolator;
import org.apache.commons.configuration2.interpol.DefaultLookups;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** A YAML file as a tree of nodes, within bounds: nothing in it can make reading it take long or much memory. */
final class DefinitionFile {
    /** Larger files are not definitions. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int MAX_DEPTH = 10;
    private static final int MAX_ALIASES = 20;
    private static final Pattern BARE_MAC = Pattern.compile(
            "(\\bmac:\\s+)((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})(?=\\s*(?:[,}#]|$))", Pattern.MULTILINE);

    private DefinitionFile() {}

    static Optional<Section> read(Path file, Problems problems) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                problems.add("", "is larger than " + Units.bytes(MAX_BYTES));
                return Optional.empty();
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return parse(text, problems);
        } catch (CharacterCodingException e) {
            problems.add("", "is not UTF-8 text");
        } catch (IOException e) {
            problems.add("", "cannot be read: " + e);
        }
        return Optional.empty();
    }

    static Optional<Section> parse(String text, Problems problems) {
        if (text.lines().allMatch(line -> line.isBlank() || line.strip().startsWith("#"))) {
            problems.add("", "is empty");
            return Optional.empty();
        }
        YAMLConfiguration tree = new YAMLConfiguration();
        try {
            tree.read(new StringReader(quoteMacs(text)), bounds());
        } catch (ConfigurationException | RuntimeException e) {
            problems.add("", why(e));
            return Optional.empty();
        } catch (StackOverflowError e) {
            problems.add("", "is nested too deeply");
            return Optional.empty();
        }
        return Optional.of(new Section(
                tree.getNodeModel().getNodeHandler().getRootNode(), "", variables(tree)::interpolate, problems));
    }

    /**
     * Without quotes and letters, 52:54:00:12:34:56 is a number to base 60 to YAML, and one that overflows: it cannot be
     * taken back later.
     */
    private static String quoteMacs(String text) {
        return BARE_MAC.matcher(text).replaceAll("$1\"$2\"");
    }

    /** Environment, system properties and the file's own keys; not the lookups that read files or run scripts. */
    private static ConfigurationInterpolator variables(YAMLConfiguration tree) {
        ConfigurationInterpolator variables = new ConfigurationInterpolator();
        variables.registerLookup("env", DefaultLookups.ENVIRONMENT.getLookup());
        variables.registerLookup("sys", DefaultLookups.SYSTEM_PROPERTIES.getLookup());
        variables.addDefaultLookup(tree::getProperty);
        return variables;
    }

    private static LoaderOptions bounds() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_BYTES);
        return options;
    }

    private static String why(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && !(cause instanceof MarkedYAMLException)) {
            cause = cause.getCause();
        }
        if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            return "line " + (marked.getProblemMark().getLine() + 1) + ", column "
                    + (marked.getProblemMark().getColumn() + 1) + ": " + marked.getProblem();
        }
        if (cause instanceof ClassCastException) {
            return "is not a definition: expected keys and values, one 'key: value' a line";
        }
        return "is not valid YAML: " + cause.getMessage();
    }
}
