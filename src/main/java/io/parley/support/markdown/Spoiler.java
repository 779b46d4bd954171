package io.parley.support.markdown;

import org.commonmark.node.CustomNode;

/** What the reader wants to uncover himself. */
final class Spoiler extends CustomNode {}
