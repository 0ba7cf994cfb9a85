/** The empty token that every training prompt of OpenVLA ended with (openvla `predict_action`). */
export const EMPTY_TOKEN = 29871;
