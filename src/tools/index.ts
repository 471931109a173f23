// The catalogue. Adding a tool is its file and its line here.

import { ctxDelete } from "./ctx-delete.ts";
import { ctxGet } from "./ctx-get.ts";
import { ctxList } from "./ctx-list.ts";
import { ctxSet } from "./ctx-set.ts";
import { k8sListPods } from "./k8s-list-pods.ts";
import { mcpToolsList } from "./mcp-tools-list.ts";
import { toolsConfigure } from "./tools-configure.ts";
import type { Tool } from "../tool/tool.ts";

export const tools: readonly Tool[] = [ctxDelete, ctxGet, ctxList, ctxSet, k8sListPods, mcpToolsList, toolsConfigure];
