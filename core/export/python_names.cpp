// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/python_names.h"

#include <algorithm>
#include <sstream>

namespace gradlens {

namespace {
// Keywords, built-in functions in use, and what the generated files import, define and call.
constexpr const char* kPython =
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with yield match case "
    "dict float getattr int len list max min open print range self set sum super tuple zip input "
    "json math np struct sys Network WEIGHTS BATCH_SIZE EPOCHS LEARNING_RATE CHECKPOINT read_checkpoint "
    "load_checkpoint make_optimizer make_schedule make_callbacks learning_rate_factor train_step build_network main "
    "network optimizer total objective Schedule";

// Attributes of torch.nn.Module (1.13 to 2.6).
constexpr const char* kTorch =
    "F nn torch Lion Lamb T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda "
    "double dump_patches eval extra_repr forward get_buffer get_extra_state get_parameter get_submodule half ipu "
    "load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters "
    "register_backward_hook register_buffer register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook "
    "register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook "
    "register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty "
    "train training type xpu zero_grad";

// Attributes of keras.Model (3.x), and the arguments of compute_loss.
constexpr const char* kKeras =
    "keras layers ops x y y_pred sample_weight activity_regularizer add_loss add_metric add_weight autocast build "
    "build_from_config built call compile compile_from_config compiled compiled_metrics compute_dtype compute_loss "
    "compute_mask compute_metrics compute_output_shape compute_output_spec count_params data_format "
    "distribute_reduction_method distribute_strategy dtype dtype_policy dynamic evaluate export fit from_config "
    "get_build_config get_compile_config get_config get_layer get_metrics_result get_state_tree get_weights history "
    "inputs input_dtype input_shape input_spec jit_compile load_own_variables load_weights loss losses "
    "make_predict_function make_test_function make_train_function metrics metrics_names metrics_variables name "
    "name_scope non_trainable_variables non_trainable_weights output output_shape outputs path predict "
    "predict_function predict_on_batch predict_step quantization_mode quantize quantized_build quantized_call "
    "rematerialized_call reset_metrics reset_states run_eagerly save save_own_variables save_weights set_state_tree "
    "set_weights stateless_call stateless_compute_loss steps_per_execution stop_evaluating stop_predicting "
    "stop_training submodules summary supports_jit supports_masking symbolic_call test_function test_on_batch "
    "test_step to_json train_function train_on_batch train_step trainable trainable_variables trainable_weights "
    "training variable_dtype variables weights";

bool isWordLetter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
}
}  // namespace

PythonNames::PythonNames(SourceFramework framework) {
    for (const char* list : {kPython, framework == SourceFramework::PyTorch ? kTorch : kKeras}) {
        std::istringstream words(list);
        for (std::string word; words >> word;) m_taken.insert(word);
    }
}

void PythonNames::reserveDefinitions(std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        for (const std::string_view keyword : {"def ", "class "})
            if (line.starts_with(keyword)) {
                line.remove_prefix(keyword.size());
                m_taken.emplace(line.substr(0, line.find_first_of("(:")));
                break;
            }
    }
}

std::string PythonNames::take(std::string_view wanted) {
    std::string name;
    for (const char letter : wanted) name += isWordLetter(letter) ? letter : '_';
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name.insert(0, "node");
    // Two underscores in front would be mangled, and a single one is for what is private.
    if (name[0] == '_') name.insert(0, "node");
    std::string free = name;
    for (int i = 2; m_taken.contains(free); ++i) free = i == 2 ? name + "_" : name + "_" + std::to_string(i);
    m_taken.insert(free);
    return free;
}

std::string pythonComment(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(
        line, [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }, ' ');
    return line;
}

}  // namespace gradlens
