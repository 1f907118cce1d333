/** A part of a JSON Schema of draft-07, the one that editors understand best. */
export interface Node {
  $ref?: string;
  type?: string | string[];
  description?: string;
  deprecated?: true;
  properties?: Record<string, Node>;
  additionalProperties?: Node | false;
  required?: string[];
  items?: Node;
  minItems?: number;
  minLength?: number;
  pattern?: string;
  enum?: (string | null)[];
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
  not?: Node;
}
