/**
 * What the contract promises, asked of a running node: everything by everybody ({@code PermissionMatrixIT}), and
 * everything in any shape ({@code ContractFuzzIT}). Both go by the documents, so that nothing described is left out.
 */
@org.jspecify.annotations.NullMarked
package io.parley.contract;
